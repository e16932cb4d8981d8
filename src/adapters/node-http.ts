/**
 * @module What we use of `node:http` without its price: an `import` of it reads every property, and with one of them Node loads its
 * WebSocket client, which takes longer than Node itself takes to start.
 */

export const { createServer, request } = process.getBuiltinModule('node:http');
