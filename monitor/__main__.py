"""`python -m monitor` is `parley`."""

from monitor.cli import main

if __name__ == "__main__":
    main()
