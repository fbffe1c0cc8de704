# A page at / and the same as JSON at /about. A real app takes puma or webrick; this one needs nothing but Ruby's library.
require "bundler/setup"
require "greeting"
require "json"
require "socket"

$stdout.sync = true

ABOUT = { ruby: RUBY_VERSION, bundler: Bundler::VERSION, gems: Gem.loaded_specs.keys }.freeze

PAGE = <<~HTML
  <!doctype html>
  <html lang="en">
  <meta charset="utf-8">
  <title>#{Greeting.for("Ruby")}</title>
  <h1>#{Greeting.for("Ruby")}</h1>
  <pre>#{JSON.pretty_generate(ABOUT)}</pre>
  </html>
HTML

def page(path)
  case path
  when "/" then ["200 OK", "text/html; charset=utf-8", PAGE]
  when "/about" then ["200 OK", "application/json", JSON.generate(ABOUT)]
  else ["404 Not Found", "text/plain; charset=utf-8", "There is no such page\n"]
  end
end

def answer(client)
  _method, path = client.gets&.split
  # The headers end with an empty line.
  nil until client.gets.to_s.chomp.empty?
  status, type, body = page(path)
  client.write "HTTP/1.1 #{status}\r\nContent-Type: #{type}\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
rescue SystemCallError, IOError
  # The client has gone.
ensure
  client.close
end

server = TCPServer.new("0.0.0.0", Integer(ENV.fetch("PORT", "5000")))
trap("TERM") { exit }
puts "Listening on port #{server.addr[1]}"
loop { Thread.new(server.accept) { |client| answer(client) } }
