"""A page that says hello, and one that says who is there: http://.../hello/you"""

import platform

from bottle import Bottle, template

app = Bottle()

PAGE = """<!doctype html>
<title>Hello</title>
<h1>Hello {{name}}</h1>
<p>This is Python: {{version}}, with Bottle.</p>
"""


@app.get("/")
@app.get("/hello/<name>")
def hello(name="Hokku"):
    return template(PAGE, name=name, version=platform.python_version())
