// Viewer response, /api/*: an answer that viewers may share sets no cookie, or all of them would have that of one.
// CloudFront does not call it from status 400 on.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
function handler(event) {
  var request = event.request;
  var response = event.response;

  removeIgnored(request);
  if (isShared(request)) {
    response.cookies = {};
  }
  return response;
}
