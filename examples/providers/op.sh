#!/bin/sh
# 1Password: the password of the item called like the alias, in the vault "sotto".
items=$(op item list --vault sotto --format json) || exit
printf %s "$items" | jq -e --arg title "$1" 'any(.title == $title)' >/dev/null || { echo null; exit; }
value=$(op read "op://sotto/$1/password") || exit
printf %s "$value" | jq -Rs .
