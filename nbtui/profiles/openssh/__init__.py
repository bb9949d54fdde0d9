"""A reader of ssh_config(5) that takes it as `ssh` does; `ssh -G` is the oracle of its tests.

paramiko's knows no Include. Where OpenSSH's releases differ we follow the newest.
"""

from nbtui.profiles.here import SshConfigFiles, config_files
from nbtui.profiles.openssh.hosts import hosts

__all__ = ["SshConfigFiles", "config_files", "hosts"]
