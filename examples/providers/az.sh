#!/bin/sh
# Azure Key Vault: the secret called like the alias, in the vault "sotto".
id=$(az keyvault secret list --vault-name sotto --query "[?name=='$1'] | [0].id" --output tsv) || exit
test -n "$id" || { echo null; exit; }
exec az keyvault secret show --id "$id" --query value --output json
