"""What comes from outside: the guarded fetcher, and parsers in processes of their own."""
