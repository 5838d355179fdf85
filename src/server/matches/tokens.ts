import { randomBytes } from 'node:crypto';
import { sha256 } from '../../match/proof/sha256.ts';

/** A random secret of 24 bytes, base64url. Only its hash is stored. */
export const newToken = (): string => randomBytes(24).toString('base64url');

export const tokenHash = (token: string): string => sha256(token);
