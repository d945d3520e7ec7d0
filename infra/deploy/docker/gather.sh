#!/bin/sh
# Copy what runs, and nothing it was made from, to a folder of its own.
set -eu
out=$1
mkdir -p "$out"
cp -a package.json node_modules LICENSE "$out/"
for workspace in sdk service widget dashboard; do
  [ -d "$workspace" ] || continue
  mkdir "$out/$workspace"
  for part in package.json dist build; do
    if [ -e "$workspace/$part" ]; then cp -a "$workspace/$part" "$out/$workspace/"; fi
  done
done
mkdir "$out/examples"
cp -a examples/plain-html "$out/examples/"
# An optional peer that only compiles; what compilers and debuggers read; links to workspaces that do not run here; folders
# that pruning left empty.
rm -rf "$out/node_modules/typescript" "$out/node_modules/.bin"
find "$out/node_modules" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
find "$out/node_modules" -xtype l -delete
find "$out/node_modules" -type d -empty -delete
# Read by everybody, written by nobody but root, whatever the umask where the sources were checked out.
chmod -R u=rwX,go=rX "$out"
