# The client ends with 0 also when the server still loads.
[ "$(redis-cli ping)" = PONG ]
