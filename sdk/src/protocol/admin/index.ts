export * from './account-schemas.ts'
export * from './admin-errors.ts'
export * from './admin-site-schemas.ts'
export * from './installation-schemas.ts'
