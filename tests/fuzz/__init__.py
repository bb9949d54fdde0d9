"""Whatever comes in from files, sockets and hosts, as bytes that anybody could have made up."""
