const descriptions: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'it is a file',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
}

/** What went wrong with a file or folder; `null` if the error is not about one. */
export const describeFileError = (error: unknown): string | null => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return descriptions[code] ?? null
}
