#!/bin/sh
# Copy the files that run, without their sources, to a new folder.
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
# Remove TypeScript (an optional peer), files for compilers and debuggers, links to workspaces that are not copied, and
# folders that are now empty.
rm -rf "$out/node_modules/typescript" "$out/node_modules/.bin"
find "$out/node_modules" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
find "$out/node_modules" -xtype l -delete
find "$out/node_modules" -type d -empty -delete
# Readable by all users and writable only by root, whatever umask the sources were checked out with.
chmod -R u=rwX,go=rX "$out"
