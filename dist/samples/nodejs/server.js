'use strict';
const express = require('express');
const { version } = require('express/package.json');

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hello from Node.js</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem }
</style>
<h1>Hello from Node.js</h1>
<p>This is Node.js ${process.version} with Express ${version}, started with NODE_ENV=${process.env.NODE_ENV}.</p>
</html>
`;

const app = express();
app.get('/', (request, response) => response.send(page));

const port = process.env.PORT || 5000;
const server = app.listen(port, '0.0.0.0', () => console.log(`Listening on port ${port}`));

// A release ends with SIGTERM: requests that are under way are answered before.
process.on('SIGTERM', () => {
  server.close(() => process.exit());
  server.closeIdleConnections();
});
