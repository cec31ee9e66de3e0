"""Pure judgement: values in, values out; no clock, disk, network, randomness, logging."""
