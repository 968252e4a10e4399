# shellcheck shell=bash
# For the scripts beside it: assumes a role with the OIDC token of the job.
: "${PREFLIGHT_ROLES:?Name the role of each environment, as README.md says.}"
identity=$(mktemp -d) # only this user can read it
trap 'rm -rf "$identity"' EXIT

as() { # as ROLE_ARN: the commands that follow are those of this role, for an hour
  local answer token keys
  if [ -n "${GITHUB_RUN_ID:-}" ]; then # a token expires after some minutes, so each role gets a new one
    : "${ACTIONS_ID_TOKEN_REQUEST_URL:?The job needs the permission id-token: write.}"
    answer=$(curl -sSf -H @- "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" \
      <<< "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    token=$(jq -er .value <<< "$answer")
  else
    token=${AWS_ID_TOKEN:?The job needs id_tokens with AWS_ID_TOKEN.}
  fi
  printf %s "$token" > "$identity/token"
  keys=$(aws sts assume-role-with-web-identity --region ap-northeast-1 --role-arn "$1" \
    --role-session-name "csr-templates-${GITHUB_RUN_ID:-${CI_PIPELINE_ID:-}}" --web-identity-token "file://$identity/token" \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<< "$keys"
  : "${AWS_SESSION_TOKEN:?The AWS CLI has printed no credentials.}"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  unset AWS_PROFILE
}

preflight_role() { # preflight_role ENVIRONMENT: the ARN of the role that checks its account
  jq -er --arg environment "$1" '.[$environment] // error("PREFLIGHT_ROLES names no role for " + $environment)' \
    <<< "$PREFLIGHT_ROLES"
}
