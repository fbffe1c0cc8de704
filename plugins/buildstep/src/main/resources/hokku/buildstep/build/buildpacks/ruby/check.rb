# Reads Gemfile and Gemfile.lock as Bundler does, before anything is downloaded, and writes the settings of the app's Bundler.
# Exit code 3: the Gemfile asks for another Ruby. Exit code 4: it cannot be read.
require "bundler"

begin
  Bundler.definition.validate_runtime!
rescue Bundler::RubyVersionMismatch => error
  puts error.message
  exit 3
rescue Bundler::BundlerError, StandardError, ScriptError => error
  warn error.message
  exit 4
end

# In .bundle/config they stand above all variables, and hold as well for what is run by hand. Clean: gems that the lock has no more go.
{ path: "vendor/bundle", deployment: true, without: ARGV.fetch(0), clean: true }.each do |name, value|
  Bundler.settings.set_local(name, value)
end
