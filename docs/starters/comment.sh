#!/usr/bin/env bash
# Writes a report as one comment of the pull request or merge request, and replaces it in later runs: comment.sh FILE
set -euo pipefail
marker='<!-- csr-templates review -->' # the first line of each report
if [ -n "${GITHUB_RUN_ID:-}" ]; then
  header="Authorization: Bearer ${GITHUB_TOKEN:?}"
  comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/${NUMBER:?}/comments
  comment=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments
  method=PATCH me="github-actions[bot]"
else
  header="PRIVATE-TOKEN: ${REVIEW_TOKEN:?}"
  comments=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
  comment=$comments
  method=PUT me=""
fi
call() { # call URL OPTION...: the token stays out of the list of processes
  curl -sSf -H @- "$@" <<< "$header"
}
if [ -z "$me" ]; then
  answer=$(call "$CI_API_V4_URL/user")
  me=$(jq -er .username <<< "$answer")
fi

old=""
count=100
for ((page = 1; count == 100; page++)); do
  found=$(call "$comments?per_page=100&sort=asc&page=$page")
  count=$(jq -er length <<< "$found")
  old=$(jq -r --arg me "$me" --arg marker "$marker" '[.[] | select((.user.login // .author.username) == $me)
    | select(.body | startswith($marker))][0].id // empty' <<< "$found")
  if [ -n "$old" ]; then break; fi
done
jq -n --rawfile text "$1" '{body: $text}' > comment.json
if [ -n "$old" ]; then
  call "$comment/$old" -o /dev/null -X "$method" -H "Content-Type: application/json" --data-binary @comment.json
else
  call "$comments" -o /dev/null -X POST -H "Content-Type: application/json" --data-binary @comment.json
fi
