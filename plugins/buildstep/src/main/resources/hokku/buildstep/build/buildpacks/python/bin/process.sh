# What starts an app that has no Procfile. Sourced by bin/compile, in the app's folder.
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154

# has PROGRAM: whether the environment has it.
has() { [ -x "$venv/bin/$1" ]; }

default_process() {
  if [ -f manage.py ] && [ -d "$venv/lib/python$minor/site-packages/django" ]; then
    django_process
  else
    app_process
  fi
}

django_process() {
  local project
  project=$(sed -nE "s/.*DJANGO_SETTINGS_MODULE['\"], *['\"]([A-Za-z0-9_]+)\..*/\1/p" manage.py | head -n 1)
  if has gunicorn && [ -f "$project/wsgi.py" ]; then echo "gunicorn $project.wsgi --bind 0.0.0.0:\$PORT"
  elif has uvicorn && [ -f "$project/asgi.py" ]; then echo "uvicorn $project.asgi:application --host 0.0.0.0 --port \$PORT"
  elif has waitress-serve && [ -f "$project/wsgi.py" ]; then echo "waitress-serve --listen=0.0.0.0:\$PORT $project.wsgi:application"
  else
    developing "Django's runserver"
    echo 'python manage.py runserver 0.0.0.0:$PORT --noreload'
  fi
}

developing() {
  if [ ! -f Procfile ]; then warn "No web server is installed: the app runs with $1, which is made for development. Add gunicorn to what it needs"; fi
}

# Looks for an object that a server can serve, in the files where one is usually found.
app_process() {
  local file module object factory asgi
  for file in asgi.py wsgi.py app.py main.py application.py server.py api.py app/main.py app/__init__.py src/app.py src/main.py; do
    [ -f "$file" ] || continue
    object=$(sed -nE 's/^(app|application|api|server)[[:space:]]*(:[^=]*)?=[^=].*/\1/p' "$file" | head -n 1)
    factory=''
    [ -n "$object" ] || factory=$(sed -nE 's/^def (create_app|make_app)\(.*/\1/p' "$file" | head -n 1)
    [ -n "$object$factory" ] || continue
    module=${file%.py}
    module=${module%/__init__}
    local folder=''
    if [[ $module = src/* ]]; then module=${module#src/} folder=src; fi
    module=${module//\//.}
    asgi=''
    if [ "$file" = asgi.py ] || grep -qE '^[[:space:]]*(from|import) (fastapi|starlette|quart|litestar|falcon\.asgi|blacksheep|sanic)' "$file"; then asgi=yes; fi
    if [ -n "$asgi" ]; then
      if has uvicorn; then echo "uvicorn $module:$object$factory${factory:+ --factory}${folder:+ --app-dir $folder} --host 0.0.0.0 --port \$PORT"; return; fi
      if has hypercorn && [ -n "$object" ] && [ -z "$folder" ]; then echo "hypercorn $module:$object --bind 0.0.0.0:\$PORT"; return; fi
    else
      if has gunicorn; then
        [ -z "$factory" ] || factory="'$module:$factory()'"
        echo "gunicorn ${folder:+--chdir $folder }${factory:-$module:$object} --bind 0.0.0.0:\$PORT"
        return
      fi
      if has waitress-serve && [ -z "$folder" ]; then echo "waitress-serve --listen=0.0.0.0:\$PORT ${factory:+--call }$module:$object$factory"; return; fi
      if has flask && [ -z "$folder" ] && grep -qE '(from|import) flask' "$file" && ! grep -q '__main__' "$file"; then
        developing "Flask's own server"
        echo "flask --app $module run --host 0.0.0.0 --port \$PORT"
        return
      fi
    fi
  done
  for file in app.py main.py server.py; do
    if [ -f "$file" ]; then echo "python $file"; return; fi
  done
}
