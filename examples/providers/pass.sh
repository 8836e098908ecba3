#!/bin/sh
# pass: the entry called like the alias, in the folder "sotto".
store=${PASSWORD_STORE_DIR:-$HOME/.password-store}
test -d "$store" || exit
test -e "$store/sotto/$1.gpg" || { echo null; exit; }
value=$(pass show "sotto/$1") || exit
printf %s "$value" | jq -Rs .
