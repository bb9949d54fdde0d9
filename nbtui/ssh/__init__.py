"""Links to hosts: paramiko and sshtunnel live here and nowhere else."""
