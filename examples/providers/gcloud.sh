#!/bin/sh
# Google Secret Manager: the newest version of the secret called like the alias.
found=$(gcloud secrets list --filter="name~/secrets/$1\$" --format='value(name)') || exit
test -n "$found" || { echo null; exit; }
value=$(gcloud secrets versions access latest --secret="$1") || exit
printf %s "$value" | jq -Rs .
