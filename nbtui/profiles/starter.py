"""What an empty profiles.toml is opened with in a text editor: a profile to fill in, all of it a comment."""

STARTER = b"""\
# Saved profiles of nbtui. Take the "# " away from the lines that you want, and put your own values in.
# What a profile does not say comes from ssh_config, else it is built in. All keys: docs/profiles.md

# [profiles.myvm]
# host = "172.22.3.50"
# user = "cades"
# identity_file = "~/.ssh/id_ed25519"
# jump = "login.example.org"
# group = "lab"
# tags = ["gpu"]

# [profiles.myvm.jupyter]
# directory = "~/workspace"
# port = 8889
# activate = "conda activate base"

# [[profiles.myvm.forwards]]
# kind = "local"
# listen = "localhost:27017"
# to = "localhost:27017"
"""
