# Which jar is the app, and how it is run. Sourced by bin/compile and bin/release, in the app's folder.
# shellcheck shell=bash

manifest() { unzip -p "$1" META-INF/MANIFEST.MF 2>/dev/null | tr -d '\r'; }

# The jars that can be run by `java -jar`: those of the root, else those of its modules.
runnable() {
  local place jar found=no
  if [ -f target/quarkus-app/quarkus-run.jar ]; then echo target/quarkus-app/quarkus-run.jar; return; fi
  for place in target '*/target'; do
    while IFS= read -r jar; do
      case ${jar##*/} in original-* | *-sources.jar | *-javadoc.jar | *-tests.jar) continue ;; esac
      if manifest "$jar" | grep -q '^Main-Class: '; then echo "$jar"; found=yes; fi
    done < <(compgen -G "$place/*.jar"; compgen -G "$place/*.war")
    if [ $found = yes ]; then return; fi
  done
}

# The command that runs a jar on $PORT.
command_for() {
  local jar=$1 text main
  text=$(manifest "$jar")
  main=$(sed -n 's/^Main-Class: *//p' <<<"$text")
  if [[ $jar == *quarkus-run.jar ]]; then
    echo "java -Dquarkus.http.port=\$PORT \$JAVA_OPTS -jar $jar"
  elif grep -q '^Spring-Boot-Version: ' <<<"$text"; then
    echo "java -Dserver.port=\$PORT \$JAVA_OPTS -jar $jar"
  elif [ -d "${jar%/*}/dependency" ] && ! grep -q '^Class-Path: ' <<<"$text"; then
    # A thin jar, with its dependencies beside it by `dependency:copy-dependencies`.
    echo "java \$JAVA_OPTS -cp '$jar:${jar%/*}/dependency/*' '$main'"
  else
    echo "java \$JAVA_OPTS -jar $jar"
  fi
}
