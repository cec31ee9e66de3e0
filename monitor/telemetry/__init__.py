"""What Parley says about itself: logs, metrics, health, and words to the service manager."""
