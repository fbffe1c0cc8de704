# Starts the server. $1: the folder of the data, $2: the file with the configuration. What follows are a user's words for the server.
folder=$1 configuration=$2
shift 2
# What a restore left that was cut off, and a server that was killed.
rm -rf "$folder/restore" "$folder"/temp-*
exec docker-entrypoint.sh redis-server - "$@" <"$configuration"
