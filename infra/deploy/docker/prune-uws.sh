#!/bin/sh
# Of the sixty binaries in uWebSockets.js keep the one that this version of Node loads. Remove its folders: sources,
# samples, documents and the private key of its tests.
set -eu
folder=$1
keep=$(node -p "['uws', process.platform, process.arch, process.versions.modules].join('_') + '.node'")
if [ ! -f "$folder/$keep" ]; then
  echo "uWebSockets.js has no $keep: no build for this Node on this machine" >&2
  exit 1
fi
find "$folder" -name '*.node' ! -name "$keep" -delete
find "$folder" -mindepth 1 -maxdepth 1 -type d -exec rm -r {} +
