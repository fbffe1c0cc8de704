Gem::Specification.new do |spec|
  spec.name = "greeting"
  spec.version = "1.0.0"
  spec.summary = "Words to greet with"
  spec.authors = ["The sample's authors"]
  spec.license = "MIT"
  spec.files = ["lib/greeting.rb"]
end
