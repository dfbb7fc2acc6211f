"""`python -m rulereward`: the command line."""

from rulereward.cli.main import main

if __name__ == "__main__":
    main()
