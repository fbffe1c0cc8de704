#compdef dokku
# Completes the words after `dokku` in zsh. Written by Hokku. The commands below are those that it had when it wrote this; a server that
# answers knows better.

typeset -g _dokku_commands='@COMMANDS@'
typeset -gA _dokku_known _dokku_until

# Brings _dokku_known[name] up to date: asked is at most once a minute, and nobody is asked for a password.
_dokku_ask() { # the word that is completed after: dokku, or an alias of it
  local answer
  local -a call
  call=(${(z)${aliases[$1]:-$1}})
  if [[ -n ${_dokku_known[$1]-} ]] && (( SECONDS < ${_dokku_until[$1]:-0} )); then return 0; fi
  answer=$(SSH_ASKPASS=/bin/false SSH_ASKPASS_REQUIRE=force timeout 4 $call completion words </dev/null 2>/dev/null) || answer=''
  [[ $answer == *';'* ]] || answer=${_dokku_known[$1]:-$_dokku_commands}
  _dokku_known[$1]=$answer
  _dokku_until[$1]=$(( SECONDS + 60 ))
}

_dokku() {
  emulate -L zsh
  local cur=${words[CURRENT]} name=${words[1]} command='' takes='' awaited='' given=no word flag row
  local -i position=0 i
  local -a table options choices columns candidates nouns
  _dokku_ask $name
  table=("${(@f)_dokku_known[$name]}")

  for (( i = 2; i < CURRENT; i++ )); do
    word=${words[i]}
    if [[ -n $awaited ]]; then
      awaited=''
    elif [[ $word == --app ]]; then
      awaited=app given=yes
    elif [[ $word == --global || $word == --app=* ]]; then
      given=yes
    elif [[ $word == -* ]]; then
      for flag in $options; do
        if [[ $flag == $word=* ]]; then awaited=${flag#*=}; awaited=${awaited:-anything}; fi
      done
    elif [[ -z $command ]]; then
      command=$word
      for row in $table; do
        columns=("${(@s.;.)row}")
        if [[ $columns[1] == $command ]]; then
          takes=$columns[2] options=(${(s. .)columns[3]}) choices=(${(s. .)columns[4]})
        fi
      done
    else
      (( position += 1 ))
    fi
  done
  if [[ $takes == app && $given == yes ]]; then takes=''; fi

  if [[ $awaited == app || ( -z $awaited && -n $command && $cur != -* && $takes == app && $position == 0 ) ]]; then
    compadd -- ${${(M)table:#@*}#@}
  elif [[ -n $awaited ]]; then
    if [[ $awaited == *'|'* ]]; then compadd -- ${(s.|.)awaited}; fi
  elif [[ $cur == -* ]]; then
    compadd -- ${options%%=*} --app --quiet --force --trace
  elif [[ -z $command || ( $command == help && $position == 0 ) ]]; then
    for row in ${table:#@*}; do
      word=${row%%;*}
      if [[ $word == *:* && $cur != *:* ]]; then nouns+=(${word%%:*}:); else candidates+=($word); fi
    done
    compadd -- $candidates
    compadd -S '' -- ${(u)nouns}
  elif (( position == 0 )) || [[ $takes == app && $position == 1 ]]; then
    compadd -- $choices
  fi
}

# Found in $fpath it is called; sourced it says what it completes.
if [[ ${funcstack[1]-} == _dokku ]]; then _dokku "$@"; else compdef _dokku dokku; fi
