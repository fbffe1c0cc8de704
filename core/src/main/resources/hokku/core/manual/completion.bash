# Completes the words after `dokku` in bash, and after every alias that somebody gives it:
#     alias dokku='ssh dokku@host'; source <(dokku completion bash)
# Written by Hokku. The commands below are those that it had when it wrote this; a server that answers knows better.

_dokku_commands='@COMMANDS@'
declare -gA _dokku_known=() _dokku_until=()

# Brings _dokku_known[name] up to date: asked is at most once a minute, and nobody is asked for a password.
_dokku_ask() { # the word that is completed after: dokku, or an alias of it
  local call=${BASH_ALIASES[$1]-$1} answer
  [[ -z ${_dokku_known[$1]-} || $SECONDS -ge ${_dokku_until[$1]-0} ]] || return 0
  # shellcheck disable=SC2086 # an alias may be several words
  answer=$(SSH_ASKPASS=/bin/false SSH_ASKPASS_REQUIRE=force timeout 4 $call completion words </dev/null 2>/dev/null) || answer=''
  if [[ $answer != *';'* ]]; then answer=${_dokku_known[$1]:-$_dokku_commands}; fi
  _dokku_known[$1]=$answer
  _dokku_until[$1]=$((SECONDS + 60))
}

_dokku() {
  local line=${COMP_LINE:0:COMP_POINT} table cur row name app flags choices
  local command='' takes='' options='' words='' awaited='' given=no position=0 i word flag strip=''
  local -a typed=() candidates=()
  local -A seen=()
  # The shell takes colons for the ends of words; here they are not.
  read -ra typed <<<"$line"
  if [[ $line == *[[:space:]] ]]; then typed+=(''); fi
  cur=${typed[${#typed[@]} - 1]}
  _dokku_ask "${typed[0]}"
  table=${_dokku_known[${typed[0]}]}

  for ((i = 1; i < ${#typed[@]} - 1; i++)); do
    word=${typed[i]}
    if [[ -n $awaited ]]; then
      awaited=''
    elif [[ $word == --app ]]; then
      awaited=app given=yes
    elif [[ $word == --global || $word == --app=* ]]; then
      given=yes
    elif [[ $word == -* ]]; then
      for flag in $options; do
        if [[ $flag == "$word="* ]]; then awaited=${flag#*=}; awaited=${awaited:-anything}; fi
      done
    elif [[ -z $command ]]; then
      command=$word
      while IFS=';' read -r name app flags choices; do
        if [[ $name == "$command" ]]; then takes=$app options=$flags words=$choices; fi
      done <<<"$table"
    else
      position=$((position + 1))
    fi
  done
  # An app that was named by a flag, or is not wanted, leaves the first place to what comes after it.
  if [[ $takes == app && $given == yes ]]; then takes=''; fi

  if [[ $awaited == app || ( -z $awaited && -n $command && $cur != -* && $takes == app && $position == 0 ) ]]; then
    while read -r row; do
      if [[ $row == @* ]]; then candidates+=("${row#@} "); fi
    done <<<"$table"
  elif [[ -n $awaited ]]; then
    if [[ $awaited == *'|'* ]]; then
      IFS='|' read -ra candidates <<<"$awaited"
      candidates=("${candidates[@]/%/ }")
    fi
  elif [[ $cur == -* ]]; then
    for flag in $options --app= --quiet --force --trace; do
      candidates+=("${flag%%=*} ")
    done
  elif [[ -z $command || ( $command == help && $position == 0 ) ]]; then
    while IFS=';' read -r name app; do
      if [[ -z $name || $name == @* ]]; then continue; fi
      if [[ $name == *:* && $cur != *:* ]]; then name=${name%%:*}:; else name="$name "; fi
      if [[ -z ${seen[$name]-} ]]; then seen[$name]=yes; candidates+=("$name"); fi
    done <<<"$table"
  elif [[ $position == 0 || ( $takes == app && $position == 1 ) ]]; then
    for word in $words; do candidates+=("$word "); done
  fi

  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then strip=${cur%"${cur##*:}"}; fi
  COMPREPLY=()
  for word in "${candidates[@]}"; do
    if [[ $word == "$cur"* ]]; then COMPREPLY+=("${word#"$strip"}"); fi
  done
}

complete -o nospace -F _dokku dokku
