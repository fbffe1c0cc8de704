# How an app without a Procfile is run. Sourced by bin/compile and bin/release, in the app's folder.
# shellcheck shell=bash

# Whether Gemfile.lock has a gem.
locked() { grep -qE "^    $1 \(" Gemfile.lock; }

# Nothing, where it cannot be told.
# shellcheck disable=SC2016
web_command() {
  if [ -f config.ru ] && locked puma; then
    # The app's own config/puma.rb says which port, as a new Rails app's does: PORT.
    if [ -f config/puma.rb ]; then echo 'bundle exec puma -C config/puma.rb'; else echo 'bundle exec puma -b tcp://0.0.0.0:$PORT'; fi
  elif locked railties && [ -f bin/rails ]; then
    echo 'bundle exec rails server -b 0.0.0.0 -p $PORT'
  elif [ -f config.ru ] && locked '(rackup|rack)' && locked '(webrick|falcon|thin)'; then
    echo 'bundle exec rackup config.ru -o 0.0.0.0 -p $PORT'
  fi
}
