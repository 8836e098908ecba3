#!/bin/sh
# Tries public maskers on the corpus and prints the table of redact/testdata/README.md. It
# wants Go, Python and Node with npm, installs the versions below in a directory of its own,
# and leaves nothing behind. From the root of the repository:
#
#	sh redact/corpus/maskers.sh
set -eu

root=$(pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/corpus" ./redact/corpus
go build -o "$dir/sotto" ./cmd/sotto
cd "$dir"
npm install --silent --no-audit --no-fund @zapier/secret-scrubber@1.1.6 redact-secrets@1.0.0 @pinojs/redact@0.4.0

# try NAME COMMAND ARGUMENT...
try() {
	name=$1
	shift
	last=$("$dir/corpus" -cases "$root/redact/testdata/cases.json" -- "$@" 2>&1 | tail -n 1) || true
	case $last in *' cases: '*) ;; *) echo "$name: $last" >&2 && return 1 ;; esac
	echo "$last" | sed "s#^[0-9]* cases: \([0-9]*\) pass, \([0-9]*\) leak, \([0-9]*\) lose innocent text\$#| $name | \1 | \2 | \3 |#"
}

echo '| masker | pass | leak | lose innocent text |'
echo '| --- | --- | --- | --- |'
try 'sotto' "$dir/sotto" redact --provider 'dir:{dir}'

# What the others are measured against: each value replaced as it stands.
cat >replace.py <<'EOF'
import json, os, sys
text = sys.stdin.read()
for value in sorted(json.loads(os.environ["CORPUS_VALUES"]), key=len, reverse=True):
    if value.strip():
        text = text.replace(value, "***")
sys.stdout.write(text)
EOF
try 'each value replaced as it stands' python3 replace.py

# Known values, also as encodeURI, base64 and others write them.
cat >scrubber.cjs <<'EOF'
const { scrub } = require('@zapier/secret-scrubber')
process.stdout.write(scrub(require('fs').readFileSync(0, 'utf8'), JSON.parse(process.env.CORPUS_VALUES)))
EOF
try '@zapier/secret-scrubber 1.1.6' node scrubber.cjs

# Fields of records: text that is no JSON stays as it is.
cat >records.cjs <<'EOF'
module.exports = (mask) => {
  const text = require('fs').readFileSync(0, 'utf8')
  process.stdout.write(text.split('\n').map((line) => {
    try {
      const record = JSON.parse(line)
      if (typeof record === 'object' && record !== null) return mask(record)
    } catch {}
    return line
  }).join('\n'))
}
EOF
cat >pino.cjs <<'EOF'
const names = ['password', 'passwd', 'secret', 'token', 'key', 'apiKey', 'authorization', 'auth', 'pin', 'code']
require('./records.cjs')(require('@pinojs/redact')({ paths: names.flatMap((n) => [n, `*.${n}`]), censor: '***' }))
EOF
try '@pinojs/redact 0.4.0' node pino.cjs
cat >secrets.cjs <<'EOF'
const redact = require('redact-secrets')('***')
require('./records.cjs')((record) => JSON.stringify(redact.map(record)))
EOF
try 'redact-secrets 1.0.0' node secrets.cjs
