// Viewer request, /api/*: sets X-Cache-Key, which decides whether two GETs share an answer in API Gateway's cache.
// That cache cannot tell unknown query parameters apart, so the header stands for all that an answer may depend on.
// A request whose answer may be its own gets a key that no other request has.
var crypto = require('crypto');

function values(header) {
  var all = header ? header.multiValue || [header] : [];
  return all.map(function (one) { return one.value; });
}

function sharedKey(request) {
  var headers = request.headers;
  // As it was sent: parsed, it loses names such as __proto__.
  var query = request.rawQueryString();
  var about = KEY.map(function (name) { return values(headers[name]); });
  var parts = JSON.stringify([request.uri, query, about]);
  return crypto.createHash('sha256').update(parts).digest('hex');
}

function handler(event) {
  var request = event.request;
  var headers = request.headers;

  removeIgnored(request);
  var key = event.context.requestId;
  if (isShared(request)) {
    key = sharedKey(request);
    Object.keys(headers).forEach(function (name) {
      if (DROPPED.test(name)) {
        delete headers[name];
      }
    });
  }
  // A new object: setting the value of the viewer's own header would leave its other values in place.
  headers['x-cache-key'] = { value: key };
  return request;
}
