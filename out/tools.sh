# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2119,SC2120,SC2317
# The operators' commands for one environment of this folder: source tools.sh ENVIRONMENT
#
# bash 3.2 or later on Linux, macOS, AWS CloudShell, and WSL on Windows. Project, stacks and regions come from
# stacks.json beside this file, the names of resources from the files that it lists. tools_help lists the commands.
# A command is a subshell, so that its variables and set -e stay inside; shellcheck warns about that, about ${...} of
# CloudFormation in single quotes, about arguments that a command rejects, and about the exit of a script that was not
# sourced. In bash 3.2, set -e ends a command only after a simple command has failed, such as the call of a function,
# not after (...), [[...]] or a loop.

unset TOOLS_ENVIRONMENT # a start that fails must not leave the environment before it

if [ -z "${BASH_VERSION:-}" ]; then
  echo "tools.sh needs bash. Start it with: bash" >&2
  return 1 2> /dev/null || exit 1
fi
case ":${SHELLOPTS:-}:" in
  *:posix:*)
    echo "tools.sh needs bash, and this is sh. Start it with: bash" >&2
    return 1 2> /dev/null || exit 1 ;;
esac
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  echo "Do not run this file. Read it into your shell: source ${BASH_SOURCE[0]} ENVIRONMENT" >&2
  exit 1
fi

TOOLS_FILE=${BASH_SOURCE[0]}
export AWS_PAGER=""

# ---- Start ----

tools_read() { # OPTION... FILTER FILE...: reads files of the build with jq
  jq "$@" 2> /dev/null || {
    echo "Cannot read ${!#}. tools.sh needs the whole folder that the build wrote: check it out again." >&2
    return 2
  }
}
tools_start() { # ENVIRONMENT: checks the programs, and reads stacks.json
  local program environment kind key rest lines IFS=$' \t\n'
  for program in aws jq curl; do
    if ! type "$program" > /dev/null 2>&1; then
      echo "$program is missing. AWS CloudShell has it. macOS: brew install awscli jq. Linux: install the AWS CLI version 2" \
        "(docs.aws.amazon.com/cli), and jq and curl with your package manager. Windows: use WSL." >&2
      return 1
    fi
  done
  case $(aws --version 2>&1) in
    (aws-cli/2.*) ;;
    (*) echo "AWS CLI version 2 is needed (docs.aws.amazon.com/cli). Do not continue." >&2; return 1 ;;
  esac
  TOOLS_OUT=$(cd "$(dirname "$TOOLS_FILE")" > /dev/null && pwd) || return
  TOOLS_FILE=$TOOLS_OUT/${TOOLS_FILE##*/}
  TOOLS_ENVIRONMENTS=$(tools_read -r 'reduce (.stacks[].parameterFiles | keys_unsorted[]) as $name
    ([]; if index($name) then . else . + [$name] end) | join(" ")' "$TOOLS_OUT/stacks.json") || return
  environment=${1:-/}
  case " $TOOLS_ENVIRONMENTS " in
    (*" ${environment// //} "*) ;;
    (*) echo "${1:+There is no environment $1. }Choose one: source tools.sh ${TOOLS_ENVIRONMENTS// / | }" >&2; return 2 ;;
  esac
  lines=$(tools_read -r '.stacks[] | .name as $name
    | "stack \($name) \(.region) \(.template) \(.namePattern)", (.sections[][] | "resource \(.) \($name)")' \
    "$TOOLS_OUT/stacks.json") || return
  TOOLS_STACKS='' TOOLS_RESOURCES='' TOOLS_NAMES=''
  while read -r kind key rest; do
    case $kind in
      (stack) TOOLS_STACKS+="$key $rest"$'\n' ;;
      (resource) TOOLS_RESOURCES+="$key $rest"$'\n' ;;
    esac
  done <<< "$lines"
  TOOLS_STACKS=${TOOLS_STACKS//'${Environment}'/$1}
  TOOLS_TAGS=$(tools_read -nr '[inputs.Tags] | add | to_entries[] | "\(.key)=\(.value)"' \
    "$TOOLS_OUT/parameters/$1/"*.json) || return
  TOOLS_PROJECT=$(tools_read -nr '[inputs.Parameters] | add | .ProjectName' "$TOOLS_OUT/parameters/$1/"*.json) || return
  TOOLS_STACKS=${TOOLS_STACKS//'${ProjectName}'/$TOOLS_PROJECT}
  TOOLS_PREFIX=$TOOLS_PROJECT-$1
  if [ -d "$TOOLS_OUT/recovery/$1" ]; then # the names of what holds data, also of a deleted stack
    TOOLS_NAMES=$(tools_read -nr 'inputs.ResourcesToImport[] | .LogicalResourceId as $resource | .ResourceIdentifier[]
      | "\($resource) \(strings // .Name // .Tag)"' "$TOOLS_OUT/recovery/$1/"*.json) || return
  fi
  TOOLS_ENVIRONMENT=$1
  echo "$TOOLS_PREFIX, from $TOOLS_OUT. tools_help lists the commands."
}

tools_help() ( # shows this list
  sed -n -e 's/^# ==== \(.*\) ====$/\
\1/p' -e 's/^\([[:lower:]_]*\)() ( # \(.*\)/  \1 \2/p' "$TOOLS_FILE"
)

# ---- Helpers of the commands below ----

tools_begin() { # NUMBER ARGUMENT...: begins a command, which stops at its first error; NUMBER arguments must be given
  local joined usage words rest argument needed=$1 allowed=0
  shift
  set +e
  (set -e; false; :)
  joined=$?
  if [ "$joined" = 0 ]; then
    echo "Call ${FUNCNAME[1]} alone: with && or ||, or in an if, bash would ignore its errors." >&2
    exit 2
  fi
  set -euo pipefail
  IFS=$' \t\n'
  if [ -z "${TOOLS_ENVIRONMENT:-}" ]; then
    rest=${TOOLS_ENVIRONMENTS:-ENVIRONMENT}
    echo "No environment is loaded: source $TOOLS_FILE ${rest// / | }" >&2
    exit 2
  fi
  usage=$(sed -n "s/^${FUNCNAME[1]}() ( # //p" "$TOOLS_FILE")
  words=" ${usage%%: *} "
  rest=${words# }
  while [ -n "$rest" ]; do # the arguments come first: capitals, [optional] or a|choice
    case ${rest%% *} in
      (*...*) allowed=$# ;;
      (\[* | *\|*) allowed=$((allowed + 1)) ;;
      (*[![:upper:]_]*) break ;;
      (*) allowed=$((allowed + 1)) ;;
    esac
    rest=${rest#* }
  done
  words=${words//[][|.]/ }
  for argument; do
    case $words in # a word of the usage in capitals is not a value
      (*" $argument "*) case $argument in (*[![:upper:]_]*) ;; (*) argument='' ;; esac ;;
    esac
    if [ -z "$argument" ]; then needed=99; fi
  done
  if [ $# -lt "$needed" ] || [ $# -gt "$allowed" ]; then
    echo "Usage: ${FUNCNAME[1]} $usage" >&2
    exit 2
  fi
}
tools_say() { # TEXT...: what the command does next
  echo "==> $*"
}
tools_stop() { # TEXT...: ends the command
  echo "$*" >&2
  exit 1
}
tools_reject() { # TEXT...: ends the command, because an argument is wrong
  echo "$*" >&2
  exit 2
}
tools_number() { # VALUE NAME MIN [MAX]: ends the command unless the value is such a whole number
  local range=${4:+"from $3 to $4"}
  case $1 in
    ("" | 0?* | *[!0-9]*) ;;
    (*) if [ ${#1} -le 18 ] && [ "$1" -ge "$3" ] && [ "$1" -le "${4:-$1}" ]; then return; fi ;; # bash counts to 2^63
  esac
  tools_reject "$2 is $1. Give a whole number ${range:-of at least $3}. Nothing was changed."
}
tools_arn() { # PATTERN VALUE TEXT: sets region, that of the ARN; ends the command unless it is the ARN of TEXT
  case $2 in
    (arn:aws*:$1) region=$(cut -d: -f4 <<< "$2") ;;
    (*) tools_reject "$2 is not the ARN of $3" ;;
  esac
}
tools_own() { # NAME: ends the command unless the name, or that in the ARN of a secret, is one of this environment
  case ${1#arn:aws*:secret:} in
    ("$TOOLS_PREFIX"-*) ;;
    (*) tools_reject "$1 does not belong to $TOOLS_PREFIX. Nothing was changed." ;;
  esac
}
tools_own_key() { # ARN: sets region; ends the command unless the tags of the KMS key are those of this environment
  local tags
  tools_arn 'kms:[[:lower:]]*:[0-9]*:key/*' "$1" "a KMS key. show_keys prints it."
  tags=$(value aws kms list-resource-tags --region "$region" --key-id "$1" --output text \
    --query "join(' ', sort(Tags[?TagKey == 'Project' || TagKey == 'Environment'].join('=', [TagKey, TagValue])))") || exit
  [ "$tags" = "Environment=$TOOLS_ENVIRONMENT Project=$TOOLS_PROJECT" ] ||
    tools_reject "$1 does not belong to $TOOLS_PREFIX: its tags are $tags. Nothing was changed."
}
tools_typed() { # TYPED NAME: ends the command unless the name was typed
  [ "$1" = "$2" ] || tools_stop "This deletes or replaces $2. Type its name: ${FUNCNAME[1]} $2"
}
value() { # COMMAND...: prints what it prints; fails if that is nothing or None, because the AWS CLI does not
  local output
  output=$("$@") || return
  case $output in
    ("" | None | null) echo "Nothing found: $*" >&2; return 1 ;;
  esac
  printf '%s\n' "$output"
}
tools_retry() { # COMMAND...: ten attempts, because AWS does not find a renamed resource immediately
  local attempt start
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    start=$SECONDS
    "$@" && return
    if [ $((SECONDS - start)) -gt 60 ] || [ "$attempt" = 10 ]; then break; fi # a wait that has ended
    sleep 15
  done
  echo "Still failing: $*" >&2
  return 1
}
tools_stack() { # STACK: sets stack, region, template and name, the name of the deployed stack
  local line=''
  while read -r stack region template name; do
    if [ "$stack" = "$1" ]; then return; fi
    line="$line${line:+, }$stack"
  done <<< "${TOOLS_STACKS%$'\n'}"
  echo "There is no stack $1. Choose one of: $line" >&2
  return 1
}
tools_at() { # LOGICAL_ID: sets the same for the stack of a resource
  local found of
  while read -r found of; do
    if [ "$found" = "$1" ]; then tools_stack "$of"; return; fi
  done <<< "$TOOLS_RESOURCES"
  echo "This build has no $1, which the command needs." >&2
  return 1
}
tools_stacks() { # the stacks, in deploy order
  local first rest
  while read -r first rest; do echo "$first"; done <<< "${TOOLS_STACKS%$'\n'}"
}
tools_regions() { # the regions, each once
  local region seen=' ' rest
  while read -r rest region rest; do
    case $seen in (*" $region "*) ;; (*) echo "$region"; seen="$seen$region " ;; esac
  done <<< "${TOOLS_STACKS%$'\n'}"
}
tools_account() { # the account ID
  value aws sts get-caller-identity --region "$region" --query Account --output text
}
tools_name() { # LOGICAL_ID: the name of a resource that holds data
  local found of account
  while read -r found of; do
    if [ "$found" = "$1" ]; then
      case $of in
        (*'${AWS::AccountId}'*) account=$(tools_account) || return; of=${of//'${AWS::AccountId}'/$account} ;;
      esac
      echo "$of"
      return
    fi
  done <<< "$TOOLS_NAMES"
  echo "This build has no $1, which the command needs." >&2
  return 1
}
tools_id() { # LOGICAL_ID: the physical ID of a resource
  local stack region template name
  tools_at "$1" || return
  value aws cloudformation describe-stack-resource --region "$region" --stack-name "$name" \
    --logical-resource-id "$1" --query StackResourceDetail.PhysicalResourceId --output text
}
tools_output() { # LOGICAL_ID OUTPUT: an output of the stack of a resource
  local stack region template name
  tools_at "$1" || return
  value aws cloudformation describe-stacks --region "$region" --stack-name "$name" \
    --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text
}
tools_outputs() { # ENDING: region, key and value of each output whose key ends so
  local one stack region template name found
  for one in $(tools_stacks); do
    tools_stack "$one" || return
    found=$(aws cloudformation describe-stacks --region "$region" --stack-name "$name" --output text \
      --query "Stacks[0].Outputs[?ends_with(OutputKey, '$1')].['$region', OutputKey, OutputValue]" 2>&1) || {
      echo "$found" >&2
      case $found in (*"does not exist"*) continue ;; esac # the others are still needed
      return 1
    }
    if [ -n "$found" ] && [ "$found" != None ]; then echo "$found"; fi
  done
}
tools_parameter() { # LOGICAL_ID PARAMETER: its value in the parameter file
  local stack region template name
  tools_at "$1" || return
  jq -er --arg name "$2" '.Parameters[$name] // error("There is no parameter \($name).")' \
    "$TOOLS_OUT/parameters/$TOOLS_ENVIRONMENT/$stack.json"
}
tools_status() { # the status of the stack in name
  value aws cloudformation describe-stacks --region "$region" --stack-name "$name" \
    --query 'Stacks[0].StackStatus' --output text
}
tools_require() { # STATUS...: ends the command unless the stack in name has one of these
  local status wanted
  status=$(tools_status) || exit
  for wanted; do
    if [ "$status" = "$wanted" ]; then return; fi
  done
  tools_stop "The stack $stack is $status, not $*. Do not continue."
}
tools_not_updating() { # ends the command while the stack in name is being changed
  local status
  status=$(tools_status) || exit
  case $status in
    (*_IN_PROGRESS) tools_stop "The stack $stack is $status. Wait (wait_for_stack $stack), or cancel an update (cancel_update $stack)." ;;
  esac
}
tools_leave() { # STATUS STACK: after a call, waits a minute at most until the stack is no longer in the status before it
  local attempt status # a waiter would take that status for the result
  for attempt in {1..20}; do
    status=$(aws cloudformation describe-stacks --region "$region" --stack-name "$2" \
      --query 'Stacks[0].StackStatus' --output text 2>&1) || {
      case $status in (*"does not exist"*) return 0 ;; esac
      echo "$status" >&2
      return 1
    }
    if [ "$status" != "$1" ]; then return 0; fi
    sleep 3
  done
}
tools_left_by() { # LOGICAL_ID NAME: what the failed create of the stack in name left, as JSON; fails unless this is part of it
  local found
  found=$(value aws cloudformation describe-stack-resources --region "$region" --stack-name "$name" --output json \
    --query 'StackResources[].[LogicalResourceId, PhysicalResourceId, ResourceStatus, StackId]') || return
  jq -ec --arg resource "$1" --arg name "$2" 'map(select(.[2] | IN("CREATE_COMPLETE", "DELETE_FAILED", "DELETE_SKIPPED"))) as $left
    | if any($left[]; .[0] == $resource and .[1] == $name and .[2] == "DELETE_FAILED") then $left
      else error("\($name) is not what the failed create left: the stack does not list it as \($resource) in DELETE_FAILED. Nothing was changed.") end' <<< "$found"
}
tools_delete_objects() { # BUCKET: deletes the objects of a JSON list of Key and VersionId on the standard input
  local batches batch errors
  batches=$(jq -c '[range(0; length; 500) as $at | {Objects: .[$at:$at + 500], Quiet: true}] | .[]') || return
  while read -r batch; do
    if [ -z "$batch" ]; then return; fi
    errors=$(aws s3api delete-objects --region "$region" --bucket "$1" --delete file:///dev/stdin \
      --query Errors --output json <<< "$batch") || return
    case $errors in
      ("" | null | "[]") ;;
      (*) echo "S3 did not delete: $errors" >&2; return 1 ;;
    esac
  done <<< "$batches"
}
tools_time() { # SECONDS: that many seconds ago, in UTC
  local at
  at=$(($(date +%s) - $1))
  if date -u -d @0 +%s > /dev/null 2>&1; then date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ; else date -u -r "$at" +%Y-%m-%dT%H:%M:%SZ; fi
}
tools_utc() { # TIME: in UTC; TIME may end with +09:00
  jq -enr --arg time "$1" '$time | select(test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+]09:00)$"))
    | (.[0:19] + "Z" | fromdate) - (if endswith("Z") then 0 else 32400 end) | todate' 2> /dev/null || {
    echo "The time is $1. Give it as 2026-11-25T10:30:00+09:00 or 2026-11-25T01:30:00Z." >&2
    return 2
  }
}
tools_sha256() { # FILE
  local sum
  if type sha256sum > /dev/null 2>&1; then sum=$(sha256sum < "$1"); else sum=$(shasum -a 256 < "$1"); fi || return
  echo "${sum%% *}"
}
tools_artifacts() { # the artifact bucket of the region
  local account
  account=$(tools_account) || return
  echo "$TOOLS_PREFIX-artifacts-$account-$region"
}
tools_service_role() { # the role of CloudFormation for the stack
  local account
  account=$(tools_account) || return
  echo "arn:aws:iam::$account:role/deploy-$name-service"
}
tools_tags() { # FORMAT: the tags of the stack, as the option --tags of the AWS CLI takes them, a line each
  local tag
  for tag in $TOOLS_TAGS; do
    if [ "$1" = plain ]; then echo "$tag"; else echo "Key=${tag%%=*},Value=${tag#*=}"; fi
  done
}
tools_logs() { # sets of, the log group of a log
  case $1 in
    (function) of=FunctionLogGroup ;;
    (access) of=AccessLogGroup ;;
    (execution) of=ExecutionLogGroup ;;
    (error) of=DatabaseErrorLogGroup ;;
    (slowquery) of=DatabaseSlowQueryLogGroup ;;
    (audit) of=DatabaseAuditLogGroup ;;
    (flow) of=FlowLogsLogGroup ;;
    (waf) of=WAFLogGroup ;;
    (*) echo "There is no log $1: function, access, execution, error, slowquery, audit, flow or waf" >&2; return 1 ;;
  esac
}
tools_log() { # LOG: sets group and region of a log
  local of
  tools_logs "$1" || return
  tools_at "$of" || return
  if [ "$1" = execution ]; then group=$(tools_id "$of") || return; else group=$(tools_name "$of") || return; fi
}
tools_insights() { # LOG MINUTES QUERY: a query of Logs Insights over the last minutes
  local query status=Running group
  tools_log "$1" || return
  query=$(value aws logs start-query --region "$region" --start-time "$(($(date +%s) - $2 * 60))" --end-time "$(date +%s)" \
    --log-group-name "$group" --query-string "$3" --query queryId --output text) || return
  while [ "$status" = Running ] || [ "$status" = Scheduled ]; do
    sleep 5
    status=$(value aws logs get-query-results --region "$region" --query-id "$query" --query status --output text) || return
  done
  echo "$1: $status"
  [ "$status" = Complete ] || return
  aws logs get-query-results --region "$region" --query-id "$query" --output text \
    --query "results[*][?field != '@ptr'].value"
}
tools_deployed() { # LOGICAL_ID PARAMETER: its deployed value, or "nothing" if the stack of the resource is not deployed
  local found stack region template name
  tools_at "$1" || return
  found=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$name" --output text \
    --query "Stacks[0].[StackStatus, Parameters[?ParameterKey=='$2'].ParameterValue | [0]]" 2>&1) || {
    case $found in (*"does not exist"*) echo nothing; return ;; esac
    echo "$found" >&2
    return 1
  }
  case ${found/[[:space:]]/ } in
    (REVIEW_IN_PROGRESS* | ROLLBACK_COMPLETE* | "IMPORT_COMPLETE None") echo nothing ;;
    ("CREATE_COMPLETE "[[:lower:]]* | "UPDATE_COMPLETE "[[:lower:]]* | "UPDATE_ROLLBACK_COMPLETE "[[:lower:]]* | "IMPORT_COMPLETE "[[:lower:]]*)
      echo "${found##*[[:space:]]}" ;;
    (*) echo "$name, status and $2: $found. Wait until its deploy is over, or repair it." >&2; return 1 ;;
  esac
}
tools_current_version() { # REGION SECRET: the ID of its current version
  value aws secretsmanager list-secret-version-ids --region "$1" --secret-id "$2" --output text \
    --query "Versions[?contains(VersionStages, 'AWSCURRENT')].VersionId"
}
tools_check_origin_key() { # CHANGE_SET: fails if the API would reject the key that CloudFront sends
  local api frontend mine theirs other new there secret newest copy stack region template name
  tools_at UsagePlan 2> /dev/null || return 0
  api=$name
  tools_at Distribution 2> /dev/null || return 0
  frontend=$name
  name=$(value aws cloudformation describe-change-set --region "$(cut -d: -f4 <<< "$1")" --change-set-name "$1" \
    --query StackName --output text) || return
  case $name in
    ("$api") mine=OriginKeys theirs=OriginKey other=Distribution ;;
    ("$frontend") mine=OriginKey theirs=OriginKeys other=UsagePlan ;;
    (*) return 0 ;;
  esac
  new=$(aws cloudformation describe-change-set --region "$(cut -d: -f4 <<< "$1")" --change-set-name "$1" \
    --query "Parameters[?ParameterKey=='$mine'].ParameterValue" --output text) || return
  there=$(tools_deployed "$other" "$theirs") || return
  case $mine:$new:$there in
    (OriginKeys:*:nothing) return 0 ;; # CloudFront sends no key yet
    (*:a:a | *:b:b | *:both:[ab] | *:[ab]:both) ;;
    (*) echo "$mine would be $new, and $theirs is $there: the API would reject every request." >&2; return 1 ;;
  esac
  if [ "$mine" = OriginKeys ]; then return 0; fi
  secret=$(tools_origin_secret "$new") || return
  tools_at UsagePlan || return
  other=$region
  tools_at Distribution || return
  for _ in {1..40}; do # ten minutes
    newest=$(tools_current_version "$other" "$secret") || return
    copy=$(tools_current_version "$region" "$secret") || copy=none
    if [ "$copy" = "$newest" ]; then return 0; fi
    sleep 15
  done
  echo "$region does not have the newest version of $secret." >&2
  return 1
}
tools_origin_secret() { # KEY: the name of the secret of an origin key
  case $1 in
    (a) tools_name OriginApiKeySecretA ;;
    (b) tools_name OriginApiKeySecretB ;;
    (*) echo "There is no origin key $1: a or b" >&2; return 1 ;;
  esac
}
tools_failed_events() { # REGION OPTION NAME [SINCE]: what failed in a change set or a stack, and why
  aws cloudformation describe-events --region "$1" "$2" "$3" --filters FailedEvents=true --output text --query \
    "OperationEvents[?Timestamp >= '${4:-}'].[OperationId || '-', Timestamp, ResourceStatus || EventType, LogicalResourceId || '-', ValidationPath || '-',
    ValidationStatusReason || HookStatusReason || ResourceStatusReason || '-']"
}
tools_rollback_reason() { # REGION STACK SINCE: why a deploy was rolled back, such as an alarm
  aws cloudformation describe-stack-events --region "$1" --stack-name "$2" --output text --query \
    "StackEvents[?Timestamp >= '$3' && ResourceType == 'AWS::CloudFormation::Stack' && ends_with(ResourceStatus, 'ROLLBACK_IN_PROGRESS')]
    .[OperationId || '-', Timestamp, ResourceStatus, ResourceStatusReason || '-']"
}
tools_validation_warnings() { # CHANGE_SET: validations that failed or were skipped without stopping it
  aws cloudformation describe-events --region "$(cut -d: -f4 <<< "$1")" --change-set-name "$1" --output text --query \
    "OperationEvents[?ValidationFailureMode == 'WARN'].['Warning', ValidationStatus, LogicalResourceId || '-',
    ValidationPath || '-', ValidationStatusReason || '-']" || case $? in
    (252) echo "Validations are not shown: update the AWS CLI to a version with cloudformation describe-events." >&2 ;;
    (*) echo "Validations are not shown: see the error above." >&2 ;; # no reason to stop a deploy
  esac
}
tools_parameters() { # [VERSION]: the parameters of the stack as JSON, with the version of the package
  jq -ec --arg version "${1:-}" --slurpfile manifest "$TOOLS_OUT/stacks.json" --arg stack "$stack" '
    [$manifest[0].stacks[] | select(.name == $stack).perDeploy[] | select(endswith("ObjectVersion"))] as $versions
    | if $version == "" then . elif $versions == [] then empty else .Parameters[$versions[]] = $version end' \
    "$TOOLS_OUT/parameters/$TOOLS_ENVIRONMENT/$stack.json" || {
    echo "The stack $stack takes no version of a package: $1" >&2
    return 2
  }
}
tools_database() { # sets cluster, and region and name of its stack
  tools_at DatabaseCluster || return
  cluster=$(tools_name DatabaseCluster) || return
}
tools_cluster_status() { # CLUSTER: its status, or "absent"
  local found
  found=$(aws rds describe-db-clusters --region "$region" --filters "Name=db-cluster-id,Values=$1" \
    --query 'DBClusters[0].Status' --output text 2>&1) || {
    case $found in (*DBClusterNotFound*) echo absent; return ;; esac
    echo "$found" >&2
    return 1
  }
  case $found in ("" | None) echo absent ;; (*) echo "$found" ;; esac
}
tools_members() { # CLUSTER: the identifiers of its instances
  value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$1" --output json \
    --query 'DBClusters[0].DBClusterMembers[].DBInstanceIdentifier'
}
tools_require_available() { # CLUSTER: ends the command unless the cluster and all its instances are available
  local status found
  status=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$1" \
    --query 'DBClusters[0].Status' --output text) || exit
  [ "$status" = available ] || tools_stop "The cluster $1 is $status, not available. Nothing was changed."
  found=$(value aws rds describe-db-instances --region "$region" --filters "Name=db-cluster-id,Values=$1" \
    --query 'DBInstances[].[DBInstanceIdentifier, DBInstanceStatus]' --output json) || exit
  jq -e 'map(select(.[1] != "available")) | if . == [] then true else
    error("\(.[0][0]) is \(.[0][1]), not available. Nothing was changed.") end' <<< "$found" > /dev/null || exit
}
tools_wait_cluster() { # CLUSTER [TEXT]: TEXT says what to do if the wait ends
  tools_say "Waits until $1 is available (the wait ends after 30 minutes: ${2:-repeat the command})."
  tools_retry aws rds wait db-cluster-available --region "$region" --db-cluster-identifier "$1"
}
tools_keys_of_plan() { # the IDs of the API keys in the usage plan
  local plan
  plan=$(tools_output UsagePlan ApiUsagePlanId) || return
  value aws apigateway get-usage-plan-keys --region "$region" --usage-plan-id "$plan" --query 'items[].id' --output text
}
tools_switch_keys() { # true|false: enables or disables all API keys of the usage plan
  local keys key enabled
  tools_at UsagePlan || return
  keys=$(tools_keys_of_plan) || return
  for key in $keys; do
    aws apigateway update-api-key --region "$region" --api-key "$key" \
      --patch-operations "op=replace,path=/enabled,value=$1" > /dev/null || return
    enabled=$(value aws apigateway get-api-key --region "$region" --api-key "$key" --query enabled --output text) || return
    case $1:$enabled in
      (true:[Tt]rue | false:[Ff]alse) echo "$key enabled: $enabled" ;;
      (*) echo "$key is still enabled: $enabled" >&2; return 1 ;;
    esac
  done
}

# ==== State ====

show_state() ( # shows stacks, packages and site: what was deployed last and when, and which alarms fire
  tools_begin 0 "$@"
  missing=0
  for one in $(tools_stacks); do
    tools_stack "$one"
    aws cloudformation describe-stacks --region "$region" --stack-name "$name" --output text \
      --query 'Stacks[0].[StackName, StackStatus, LastUpdatedTime || CreationTime]' || missing=1
  done
  echo "now: $(tools_time 0) (JST: $(TZ=JST-9 date +%H:%M))"
  echo "alarms in the state ALARM:"
  for region in $(tools_regions); do
    aws cloudwatch describe-alarms --region "$region" --alarm-name-prefix "$TOOLS_PREFIX-" --state-value ALARM \
      --query 'MetricAlarms[].[StateUpdatedTimestamp, AlarmName]' --output text
  done
  if tools_at ApiFunctionAlias 2> /dev/null; then
    if function=$(tools_id ApiFunction); then
      echo "deployed package (in its description, the version follows the name of the file):"
      version=$(value aws lambda get-alias --region "$region" --function-name "$function" --name "$TOOLS_ENVIRONMENT" \
        --query FunctionVersion --output text)
      aws lambda list-versions-by-function --region "$region" --function-name "$function" --output text \
        --query "Versions[?Version=='$version'].[Version, LastModified, Description]"
    else
      echo "deployed package: the stack $name does not have the function."
      missing=1
    fi
  fi
  if tools_at SiteBucket 2> /dev/null; then
    bucket=$(tools_name SiteBucket)
    echo "last upload of the site:"
    aws s3api list-object-versions --region "$region" --bucket "$bucket" --prefix index.html --output text \
      --query "Versions[?IsLatest].[LastModified, Key]"
  fi
  exit "$missing"
)
show_identity() ( # shows who you are for AWS
  tools_begin 0 "$@"
  tools_stack "$(tools_stacks | sed -n 1p)"
  aws sts get-caller-identity --region "$region"
)
show_releases() ( # shows the Lambda versions: number, time, description (which contains the version of the package)
  tools_begin 0 "$@"
  tools_at ApiFunction
  function=$(tools_id ApiFunction)
  versions=$(value aws lambda list-versions-by-function --region "$region" --function-name "$function" --output json \
    --query 'Versions[].[Version, LastModified, Description]')
  jq -r '.[] | select(.[0] != "$LATEST") | join("  ")' <<< "$versions"
)
show_stacks() ( # lists all stacks with their status, deleted ones too
  tools_begin 0 "$@"
  for region in $(tools_regions); do
    aws cloudformation list-stacks --region "$region" --output text --query \
      "StackSummaries[?starts_with(StackName, '$TOOLS_PREFIX-')].[StackName, StackStatus, DeletionTime]"
  done
)
show_addresses() ( # shows the address of the site, the API, the database and the NAT gateways
  tools_begin 0 "$@"
  for one in $(tools_stacks); do
    tools_stack "$one"
    aws cloudformation describe-stacks --region "$region" --stack-name "$name" --output text --query \
      "Stacks[0].Outputs[?ends_with(OutputKey, 'URL') || ends_with(OutputKey, 'Url') || ends_with(OutputKey, 'Endpoint')
      || ends_with(OutputKey, 'Port') || ends_with(OutputKey, 'Address')].[OutputKey, OutputValue]"
  done
)
drift() ( # [STACK...]: lists what was changed manually in these stacks, or in all
  tools_begin 0 "$@"
  if [ $# = 0 ]; then stacks=$(tools_stacks); else stacks=$*; fi
  failed=0
  for one in $stacks; do
    tools_stack "$one"
    detection=$(value aws cloudformation detect-stack-drift --region "$region" --stack-name "$name" \
      --query StackDriftDetectionId --output text)
    status=DETECTION_IN_PROGRESS
    while [ "$status" = DETECTION_IN_PROGRESS ]; do
      sleep 10
      found=$(value aws cloudformation describe-stack-drift-detection-status --region "$region" \
        --stack-drift-detection-id "$detection" --query "[DetectionStatus, DetectionStatusReason || '']" --output text)
      status=${found%%[[:space:]]*}
    done
    echo "$stack: $status"
    if [ "$status" != DETECTION_COMPLETE ]; then # of one resource at least; the results of the others are there
      failed=1
      echo "${found#*[[:space:]]}" >&2
    fi
    # RDS does not return the key of Performance Insights while that is disabled.
    aws cloudformation describe-stack-resource-drifts --region "$region" --stack-name "$name" \
      --stack-resource-drift-status-filters MODIFIED DELETED --output json \
      --query 'StackResourceDrifts[?PropertyDifferences[].[PropertyPath,DifferenceType] !=
        `[["/PerformanceInsightsKMSKeyId","REMOVE"]]`].[LogicalResourceId,StackResourceDriftStatus,PropertyDifferences]'
  done
  exit "$failed"
)

# ==== Deploying ====

upload_package() ( # FILE: uploads a Lambda package once, and prints its version
  tools_begin 1 "$@"
  tools_at LambdaDeploymentsBucket
  sum=$(tools_sha256 "$1")
  bucket=$(tools_name LambdaDeploymentsBucket)
  kept=package-$bucket-$sum.version
  if [ -s "$kept" ]; then
    tools_say "Was uploaded before. If $bucket was created again since, delete $kept, and repeat the command."
  else
    tools_say "Uploads $1 to $bucket."
    version=$(value aws s3api put-object --region "$region" --bucket "$bucket" \
      --key lambda-deployment-package.zip --body "$1" --checksum-algorithm SHA256 --query VersionId --output text)
    echo "$version" > "$kept"
  fi
  cat "$kept"
)
plan_deploy() ( # STACK [VERSION] [TAG=VALUE...]: creates a change set of out/, api with a version of its package, and shows it
  tools_begin 1 "$@"
  tools_stack "$1"
  tags=$(tools_tags plain)
  parameters=$TOOLS_OUT/parameters/$TOOLS_ENVIRONMENT/$stack.json
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  shift
  for argument; do
    if [[ $argument == *=* ]]; then
      tags="$tags $argument"
    else
      tools_parameters "$argument" > "$folder/parameters.json"
      parameters=$folder/parameters.json
    fi
  done
  bucket=$(tools_artifacts)
  role=$(tools_service_role)
  # shellcheck disable=SC2086 # a tag is one word
  output=$(value aws cloudformation deploy --region "$region" --stack-name "$name" --template-file "$TOOLS_OUT/$template" \
    --s3-bucket "$bucket" --s3-prefix "$stack" --role-arn "$role" --parameter-overrides "file://$parameters" \
    --tags $tags --capabilities CAPABILITY_NAMED_IAM --no-execute-changeset) || {
    why_change_set_failed "$stack" >&2
    exit 1
  }
  case $output in
    (*"No changes to deploy"*) echo "No changes to deploy."; exit 0 ;;
  esac
  changes=$(grep -o 'arn:[^[:space:]]*:changeSet/[^[:space:]]*' <<< "$output")
  show_changes "$changes"
)
plan_repair() ( # STACK [VERSION]: the same without rollback triggers, for an update during an incident
  tools_begin 1 "$@"
  tools_stack "$1"
  given=$(tools_parameters "${2:-}")
  tools_not_updating
  kept=$(jq -ec --arg stack "$stack" '.stacks[] | select(.name == $stack) | .perDeploy' "$TOOLS_OUT/stacks.json")
  parameters=$(jq -ec --argjson kept "$kept" '.Parameters as $given
    | [$given | to_entries[] | {ParameterKey: .key, ParameterValue: .value}]
    + [$kept[] | select(in($given) | not) | {ParameterKey: ., UsePreviousValue: true}]' <<< "$given")
  bucket=$(tools_artifacts)
  role=$(tools_service_role)
  object=$(tools_sha256 "$TOOLS_OUT/$template")
  object=$stack/$object.template
  tags=$(tools_tags keys)
  aws s3api put-object --region "$region" --bucket "$bucket" --key "$object" --body "$TOOLS_OUT/$template" > /dev/null
  # shellcheck disable=SC2086 # a tag is one word
  changes=$(value aws cloudformation create-change-set --region "$region" --stack-name "$name" \
    --change-set-type UPDATE --change-set-name "release-$(date -u +%Y%m%d-%H%M%S)" \
    --template-url "https://$bucket.s3.$region.amazonaws.com/$object" --parameters "$parameters" \
    --tags $tags --role-arn "$role" --capabilities CAPABILITY_NAMED_IAM \
    --rollback-configuration '{"MonitoringTimeInMinutes": 0, "RollbackTriggers": []}' --query Id --output text)
  aws cloudformation wait change-set-create-complete --region "$region" --change-set-name "$changes" || {
    reason=$(aws cloudformation describe-change-set --region "$region" --change-set-name "$changes" \
      --query StatusReason --output text)
    case $reason in
      (*"didn't contain changes"* | *"No updates are to be performed"*) echo "No changes to deploy: this is already deployed."; exit 0 ;;
    esac
    echo "$reason" >&2
    tools_failed_events "$region" --change-set-name "$changes" >&2
    exit 1
  }
  show_changes "$changes"
)
show_changes() ( # CHANGE_SET: shows a change set, and its ARN for run_changes
  tools_begin 1 "$@"
  tools_arn 'cloudformation:[[:lower:]]*:[0-9]*:changeSet/*' "$1" "a change set. The command that created it has printed it."
  aws cloudformation describe-change-set --region "$region" --change-set-name "$1" --output table \
    --query 'Changes[].ResourceChange.[Action,LogicalResourceId,ResourceType,Replacement]'
  tools_validation_warnings "$1"
  echo "$1"
)
run_changes() ( # CHANGE_SET: executes the change set that you have reviewed, and waits
  tools_begin 1 "$@"
  tools_arn 'cloudformation:[[:lower:]]*:[0-9]*:changeSet/*' "$1" "a change set. The command that created it has printed it."
  deployed=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$1" --query StackName --output text)
  tools_own "$deployed"
  status=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$deployed" \
    --query 'Stacks[0].StackStatus' --output text)
  since=$(value aws cloudformation describe-change-set --region "$region" --change-set-name "$1" \
    --query CreationTime --output text)
  tools_check_origin_key "$1"
  operation=update
  if [ "$status" = REVIEW_IN_PROGRESS ]; then operation=create; fi # the first time
  tools_say "Executes the $operation of $deployed."
  aws cloudformation execute-change-set --region "$region" --change-set-name "$1"
  tools_leave "$status" "$deployed"
  aws cloudformation wait "stack-$operation-complete" --region "$region" --stack-name "$deployed" || {
    status=$(aws cloudformation describe-stacks --region "$region" --stack-name "$deployed" \
      --query 'Stacks[0].StackStatus' --output text) || status=unknown
    case $status in
      (*_IN_PROGRESS | unknown) echo "The status of $deployed is $status. Wait (wait_for_stack), and do not repeat run_changes." >&2 ;;
    esac
    tools_rollback_reason "$region" "$deployed" "$since" >&2
    tools_failed_events "$region" --stack-name "$deployed" "$since" >&2
    exit 1
  }
  tools_check_triggers "$deployed"
)
tools_check_triggers() { # STACK: says so if the stack has none of the rollback triggers in stacks.json
  local wanted triggers stack key rest
  while read -r key rest; do
    if [ "${rest##* }" = "$1" ]; then stack=$key; fi
  done <<< "$TOOLS_STACKS"
  wanted=$(jq -r --arg stack "${stack:-}" --arg environment "$TOOLS_ENVIRONMENT" '.stacks[]
    | select(.name == $stack) | .rollbackTriggers[$environment] // [] | join(" ")' "$TOOLS_OUT/stacks.json") || return
  if [ -z "$wanted" ]; then return; fi
  triggers=$(aws cloudformation describe-stacks --region "$region" --stack-name "$1" --output text \
    --query 'length(Stacks[0].RollbackConfiguration.RollbackTriggers || `[]`)') || return
  if [ "$triggers" = 0 ]; then
    echo "$1 has no rollback triggers. After the incident, deploy through the pipeline, which sets them again: $wanted"
  fi
}
why_failed() ( # STACK: shows what failed in a stack, by operation, and why its updates were rolled back; the oldest failure of the last operation is the cause
  tools_begin 1 "$@"
  tools_stack "$1"
  tools_rollback_reason "$region" "$name" ''
  found=$(tools_failed_events "$region" --stack-name "$name")
  echo "${found:-$name has no failed events.}"
)
why_change_set_failed() ( # STACK: shows what failed in its newest failed change set, and why
  tools_begin 1 "$@"
  tools_stack "$1"
  changes=$(value aws cloudformation list-change-sets --region "$region" --stack-name "$name" --output json \
    --query "sort_by(Summaries[?Status=='FAILED'], &CreationTime)[-1].ChangeSetId || 'none'")
  if [ "$changes" = '"none"' ]; then echo "$name has no failed change set."; exit; fi
  tools_failed_events "$region" --change-set-name "${changes//\"/}"
)
wait_for_stack() ( # STACK: waits until its update or rollback has ended, and shows the status
  tools_begin 1 "$@"
  tools_stack "$1"
  status=$(tools_status)
  while [[ $status == *_IN_PROGRESS ]]; do
    sleep 15
    status=$(tools_status)
  done
  echo "$stack: $status"
  tools_check_triggers "$name"
)
cancel_update() ( # STACK: cancels an update that is in progress, which rolls it back
  tools_begin 1 "$@"
  tools_stack "$1"
  tools_require UPDATE_IN_PROGRESS
  tools_say "Cancels the update of $name."
  aws cloudformation cancel-update-stack --region "$region" --stack-name "$name"
  aws cloudformation wait stack-rollback-complete --region "$region" --stack-name "$name"
)
protect() ( # [STACK...]: termination protection and stack policy for these stacks, or for all
  tools_begin 0 "$@"
  if [ $# = 0 ]; then stacks=$(tools_stacks); else stacks=$*; fi
  for one in $stacks; do
    tools_stack "$one"
    tools_say "Protects $name."
    aws cloudformation update-termination-protection --region "$region" --stack-name "$name" \
      --enable-termination-protection > /dev/null
    aws cloudformation set-stack-policy --region "$region" --stack-name "$name" \
      --stack-policy-body "file://$TOOLS_OUT/stack-policies/$stack.json"
  done
)
close_default_group() ( # removes all rules from the default security group of the VPC, which nothing uses
  tools_begin 0 "$@"
  tools_at VPC
  vpc=$(tools_output VPC VPCId)
  found=$(value aws ec2 describe-security-groups --region "$region" --filters Name=group-name,Values=default \
    "Name=vpc-id,Values=$vpc" --query 'SecurityGroups[0].[GroupId, length(IpPermissions), length(IpPermissionsEgress)]' --output text)
  read -r group inbound outbound <<< "$found"
  if [ "$inbound" != 0 ]; then
    aws ec2 revoke-security-group-ingress --region "$region" --group-id "$group" --protocol all --source-group "$group" > /dev/null
  fi
  if [ "$outbound" != 0 ]; then
    aws ec2 revoke-security-group-egress --region "$region" --group-id "$group" --protocol all --cidr 0.0.0.0/0 > /dev/null
  fi
  aws ec2 describe-security-groups --region "$region" --group-ids "$group" --output json \
    --query 'SecurityGroups[0].[IpPermissions,IpPermissionsEgress]'
)
wait_for_api_settings() ( # waits until the API has its new TLS settings
  tools_begin 0 "$@"
  tools_at RestApi
  api=$(tools_output RestApi ApiGatewayId)
  status=UPDATING
  while [ "$status" = UPDATING ] || [ "$status" = PENDING ]; do
    sleep 15
    status=$(value aws apigateway get-rest-api --region "$region" --rest-api-id "$api" --query apiStatus --output text)
  done
  echo "$status"
  [ "$status" = AVAILABLE ]
)
wait_for_distribution() ( # waits until CloudFront has deployed its last change everywhere
  tools_begin 0 "$@"
  tools_at Distribution
  distribution=$(tools_output Distribution CloudFrontDistributionId)
  aws cloudfront wait distribution-deployed --region "$region" --id "$distribution"
)

# ==== Failures of the first create ====

delete_failed_create() ( # STACK: deletes an empty stack in ROLLBACK_COMPLETE
  tools_begin 1 "$@"
  tools_stack "$1"
  found=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$name" \
    --query "Stacks[?StackStatus=='ROLLBACK_COMPLETE'].StackId" --output text)
  tools_say "Deletes $found."
  aws cloudformation delete-stack --region "$region" --stack-name "$found"
  tools_leave ROLLBACK_COMPLETE "$found"
  aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$found"
)
delete_failed_database() ( # CLUSTER: deletes an empty database whose first create failed, with all that it left; can be repeated
  tools_begin 1 "$@"
  tools_database
  tools_typed "$1" "$cluster"
  kept=failed-$cluster.json
  if [ ! -s "$kept" ]; then
    tools_require ROLLBACK_FAILED
    left=$(tools_left_by DatabaseCluster "$cluster")
    created=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$name" \
      --query 'Stacks[0].CreationTime' --output json)
    described=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --output json \
      --query 'DBClusters[0].{cluster: DbClusterResourceId, key: KmsKeyId, created: ClusterCreateTime}')
    facts=$(jq -ec --argjson left "$left" --argjson stack "$created" '(.created[0:19] > $stack[0:19]) as $later
      | if $later and .cluster and .key then . + {stack: $left[0][3], left: ($left | map(.[0]))}
        else error("The cluster was created at \(.created), not after the stack (\($stack)). Nothing was changed.") end' <<< "$described")
    echo "$facts" > "$kept"
  fi
  id=$(jq -er .stack "$kept")
  found=$(jq -er .cluster "$kept")
  key=$(jq -er .key "$kept")
  left=$(jq -er '.left | join(" ")' "$kept")
  status=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$id" --query 'Stacks[0].StackStatus' --output text)
  if [ "$status" = DELETE_COMPLETE ]; then # a later stack has a secret and log groups of the same names
    later=$(aws cloudformation describe-stacks --region "$region" --query "Stacks[?StackName=='$name'].StackId" --output text)
    [ -z "$later" ] || tools_stop "A stack was created since ($later): the secret and the log groups are its own. Nothing was changed." \
      "Delete $kept, and in the console the snapshots and backups of the cluster $found and the key $key."
  fi
  tools_say "Deletes the cluster $found with its snapshots, backups, secret, logs and key $key. Write both down."
  if [ "$status" != DELETE_COMPLETE ]; then
    present=$(tools_cluster_status "$cluster")
    if [ "$present" != absent ]; then
      present=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" \
        --query 'DBClusters[0].DbClusterResourceId' --output text)
      [ "$present" = "$found" ] || tools_stop "$cluster is now the cluster $present, which the failed create did not leave. Nothing was changed."
      aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$cluster" --no-deletion-protection > /dev/null
    fi
    aws cloudformation delete-stack --region "$region" --stack-name "$id"
    tools_leave "$status" "$id"
    aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$id"
  fi
  for resource in $left; do
    case $resource in
      (DatabaseSecret) # succeeds if the secret is gone
        secret=$(tools_name "$resource")
        aws secretsmanager delete-secret --region "$region" --force-delete-without-recovery --secret-id "$secret" > /dev/null ;;
      (Database*LogGroup)
        group=$(tools_name "$resource")
        tools_unless_gone logs delete-log-group --region "$region" --log-group-name "$group" ;;
    esac
  done
  snapshots=$(aws rds describe-db-cluster-snapshots --region "$region" --snapshot-type manual \
    --db-cluster-identifier "$cluster" --output text \
    --query "DBClusterSnapshots[?DbClusterResourceId=='$found'].DBClusterSnapshotIdentifier")
  for snapshot in $snapshots; do
    if [ "$snapshot" != None ]; then
      aws rds delete-db-cluster-snapshot --region "$region" --db-cluster-snapshot-identifier "$snapshot" > /dev/null
    fi
  done
  state=$(value aws kms describe-key --region "$region" --key-id "$key" --query KeyMetadata.KeyState --output text)
  if [ "$state" != PendingDeletion ]; then
    aws kms schedule-key-deletion --region "$region" --key-id "$key" --pending-window-in-days 7 > /dev/null
  fi
  tools_unless_gone rds delete-db-cluster-automated-backup --region "$region" --db-cluster-resource-id "$found"
  rm "$kept"
)
tools_unless_gone() { # WORD...: a call that deletes, which also succeeds if there is nothing to delete
  local found
  found=$(aws "$@" 2>&1) || {
    case $found in (*NotFound*) return 0 ;; esac
    echo "$found" >&2
    return 1
  }
}
delete_failed_frontend() ( # BUCKET: deletes a frontend whose first create failed, with its bucket of access logs; can be repeated
  tools_begin 1 "$@"
  tools_at EdgeLogBucket
  bucket=$(tools_name EdgeLogBucket)
  tools_typed "$1" "$bucket"
  tools_require ROLLBACK_FAILED
  tools_left_by EdgeLogBucket "$bucket" > /dev/null
  tools_say "Deletes the bucket $bucket and the stack $name."
  objects=$(aws s3api list-object-versions --region "$region" --bucket "$bucket" --output json \
    --query '{Objects: [Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}}' 2>&1) || {
    case $objects in (*NoSuchBucket*) objects='' ;; (*) tools_stop "$objects" ;; esac # an earlier call deleted it
  }
  if [ -n "$objects" ]; then
    objects=$(jq -ec '.Objects // []' <<< "$objects")
    tools_delete_objects "$bucket" <<< "$objects"
    aws s3api delete-bucket --region "$region" --bucket "$bucket"
  fi
  aws cloudformation delete-stack --region "$region" --stack-name "$name"
  tools_leave ROLLBACK_FAILED "$name"
  aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$name"
)
show_logging_roles() ( # shows the logging role of API Gateway that is set, and those of this system
  tools_begin 0 "$@"
  tools_at ApiGatewayLoggingRole
  aws apigateway get-account --region "$region" --query cloudwatchRoleArn --output text
  aws iam list-roles --region "$region" --output json \
    --query "Roles[?starts_with(RoleName, '$name-ApiGatewayLoggingRole-')].[RoleName,CreateDate]"
)

# ==== The site ====

upload_site() ( # FOLDER: uploads a build of the site, and waits until CloudFront serves it
  tools_begin 1 "$@"
  tools_at SiteBucket
  test -s "$1/index.html" || tools_stop "$1/index.html is missing or empty: this is not a build of the site. Nothing was uploaded."
  bucket=$(tools_output SiteBucket FrontendS3BucketName)
  tools_say "Uploads $1 to $bucket: first the assets, then the pages."
  aws s3 cp "$1/" "s3://$bucket/" --region "$region" --recursive --exclude "*.html"
  aws s3 cp "$1/" "s3://$bucket/" --region "$region" --recursive --exclude "*" --include "*.html"
  invalidate "/*"
)
invalidate() ( # PATH...: removes paths such as "/*" from the caches of CloudFront, and waits
  tools_begin 1 "$@"
  tools_at Distribution
  distribution=$(tools_output Distribution CloudFrontDistributionId)
  tools_say "Invalidates $* in $distribution."
  invalidation=$(value aws cloudfront create-invalidation --region "$region" --distribution-id "$distribution" \
    --paths "$@" --query Invalidation.Id --output text)
  aws cloudfront wait invalidation-completed --region "$region" --distribution-id "$distribution" --id "$invalidation"
)
delete_old_files() ( # FOLDER [yes]: lists the files in the bucket that the build does not have; with yes, deletes them
  tools_begin 1 "$@"
  tools_at SiteBucket
  test -s "$1/index.html" || tools_stop "$1/index.html is missing or empty: this is not a build of the site. Nothing was deleted."
  bucket=$(tools_output SiteBucket FrontendS3BucketName)
  listed=$(value aws s3api list-objects-v2 --region "$region" --bucket "$bucket" --query 'Contents[].Key' --output json)
  built=$(cd "$1" > /dev/null && find -L . -type f)
  old=$(jq -Rs '[split("\n")[] | ltrimstr("./")]' <<< "$built")
  old=$(jq -sec '.[0] - .[1]' <<< "$listed $old")
  jq -r '.[]' <<< "$old"
  if [ "${2:-}" = yes ]; then
    old=$(jq -c 'map({Key: .})' <<< "$old")
    tools_delete_objects "$bucket" <<< "$old"
  fi
)
download_site() ( # TIME FOLDER: downloads the site as it was at a time, for upload_site
  tools_begin 2 "$@"
  tools_at SiteBucket
  files=$(ls -A "$2" 2> /dev/null) || files='' # of another time: upload_site would upload them too
  [ -z "$files" ] || tools_stop "$2 is not empty. Name a new folder, also to repeat the command. Nothing was downloaded."
  bucket=$(tools_output SiteBucket FrontendS3BucketName)
  time=$(tools_utc "$1")
  tools_say "Downloads the files of $bucket as of $time to $2."
  versions=$(value aws s3api list-object-versions --region "$region" --bucket "$bucket" --output json \
    --query '[Versions, DeleteMarkers][][].{key: Key, id: VersionId, time: LastModified, size: Size}')
  files=$(jq -er --arg time "$time" 'map(select(.time[0:19] <= $time[0:19])) | group_by(.key) | map(max_by(.time))
    | map(select(.size != null)) | if . == [] then error("There were no files at \($time).") else .[] | "\(.id) \(.key)" end' <<< "$versions")
  while read -r id key; do
    mkdir -p "$2/$(dirname "$key")"
    aws s3api get-object --region "$region" --bucket "$bucket" --key "$key" --version-id "$id" "$2/$key" > /dev/null
  done <<< "$files"
)
who_answers() ( # [PATH]: requests a path of the site, and shows status, headers and body
  tools_begin 0 "$@"
  url=$(tools_output Distribution CloudFrontDistributionURL)
  answer=$(curl -sS -i --max-time 30 "$url${1:-/}")
  printf '%s\n' "${answer:0:1500}"
)

# ==== The API ====

roll_back() ( # LAMBDA_VERSION: points the alias to an earlier Lambda version, within seconds
  tools_begin 1 "$@"
  tools_number "$1" LAMBDA_VERSION 1
  tools_at ApiFunctionAlias
  tools_not_updating
  function=$(tools_id ApiFunction)
  before=$(value aws lambda get-alias --region "$region" --function-name "$function" --name "$TOOLS_ENVIRONMENT" \
    --query FunctionVersion --output text)
  tools_say "Points the alias $TOOLS_ENVIRONMENT from version $before to version $1. Way back: roll_back $before"
  aws lambda update-alias --region "$region" --function-name "$function" --name "$TOOLS_ENVIRONMENT" \
    --function-version "$1" --routing-config AdditionalVersionWeights={}
)
repair_alias() ( # LAMBDA_VERSION: ends a failed rollback of the api stack that a faulty package caused
  tools_begin 1 "$@"
  tools_number "$1" LAMBDA_VERSION 1
  tools_at ApiFunctionAlias
  tools_require UPDATE_ROLLBACK_FAILED
  failed=$(value aws cloudformation describe-stack-resource --region "$region" --stack-name "$name" \
    --logical-resource-id ApiFunctionAlias --query StackResourceDetail.ResourceStatus --output text)
  [ "$failed" = UPDATE_FAILED ] || tools_stop "The alias is $failed, so it is not what has failed." \
    "Find the cause (why_failed $stack), and continue_rollback $stack. Nothing was changed."
  function=$(tools_id ApiFunction)
  provisioned=$(tools_parameter ApiFunctionAlias LambdaProvisionedConcurrency)
  tools_say "Points the alias to version $1, and continues the rollback without it."
  if [ "$provisioned" != 0 ]; then
    tools_say "If the command stops, run this once the stack is UPDATE_ROLLBACK_COMPLETE: set_provisioned $provisioned"
  fi
  tools_unless_gone lambda delete-provisioned-concurrency-config --region "$region" --function-name "$function" --qualifier "$TOOLS_ENVIRONMENT"
  aws lambda update-alias --region "$region" --function-name "$function" --name "$TOOLS_ENVIRONMENT" \
    --function-version "$1" --routing-config AdditionalVersionWeights={}
  aws cloudformation continue-update-rollback --region "$region" --stack-name "$name" --resources-to-skip ApiFunctionAlias
  tools_leave UPDATE_ROLLBACK_FAILED "$name"
  aws cloudformation wait stack-rollback-complete --region "$region" --stack-name "$name"
  if [ "$provisioned" != 0 ]; then set_provisioned "$provisioned"; fi
)
delete_old_versions() ( # deletes all Lambda versions except the newest 10 and those of an alias
  tools_begin 0 "$@"
  tools_at ApiFunction
  function=$(tools_id ApiFunction)
  versions=$(value aws lambda list-versions-by-function --region "$region" --function-name "$function" \
    --query 'Versions[].Version' --output json)
  aliases=$(value aws lambda list-aliases --region "$region" --function-name "$function" \
    --query 'Aliases[].[FunctionVersion, RoutingConfig.AdditionalVersionWeights]' --output json)
  old=$(jq -sr '(.[1] | map(.[0], (.[1] // {} | keys[]))) as $used
    | .[0] | map(select(. != "$LATEST") | tonumber) | sort | .[:-10] | map(tostring) - $used | .[]' <<< "$versions $aliases")
  tools_say "Deletes these versions of $function:" "${old:-none}"
  for version in $old; do
    aws lambda delete-function --region "$region" --function-name "$function" --qualifier "$version"
  done
)
show_concurrency() ( # shows the concurrency of the function and of the account, and the highest value for set_concurrency
  tools_begin 0 "$@"
  tools_at ApiFunction
  function=$(tools_id ApiFunction)
  reserved=$(aws lambda get-function-concurrency --region "$region" --function-name "$function" \
    --query ReservedConcurrentExecutions --output text)
  case $reserved in ("" | None) reserved=0 ;; esac
  free=$(value aws lambda get-account-settings --region "$region" --query AccountLimit.UnreservedConcurrentExecutions --output text)
  echo "reserved: $reserved (0: none), unreserved in the account: $free, highest value: $((reserved + free - 100))"
  provisioned=$(tools_parameter ApiFunctionAlias LambdaProvisionedConcurrency)
  echo "provisioned in the parameter file, the lowest value: $provisioned"
  for metric in ConcurrentExecutions:Maximum Throttles:Sum ProvisionedConcurrencySpilloverInvocations:Sum; do
    statistic=${metric#*:}
    metric=${metric%:*}
    echo "$metric, $statistic of 5 minutes:"
    aws cloudwatch get-metric-statistics --region "$region" --namespace AWS/Lambda --metric-name "$metric" \
      --dimensions "Name=FunctionName,Value=$function" --start-time "$(tools_time 10800)" --end-time "$(tools_time 0)" \
      --period 300 --statistics "$statistic" --query "sort_by(Datapoints, &Timestamp)[-12:].[Timestamp, $statistic]" --output text
  done
)
set_concurrency() ( # NUMBER [stop]: reserves concurrency for the function: reduce it to help the database, raise it against throttles
  tools_begin 1 "$@"
  tools_number "$1" NUMBER 0
  [ "$1:${2:-}" = 0:stop ] || [ "$1" != 0 ] || tools_stop "With 0, Lambda rejects every request. To stop the API: set_concurrency 0 stop"
  tools_at ApiFunction
  function=$(tools_id ApiFunction)
  tools_say "Reserves $1 executions for $function. Way back: restore_concurrency"
  aws lambda put-function-concurrency --region "$region" --function-name "$function" --reserved-concurrent-executions "$1"
)
restore_concurrency() ( # reserves the concurrency of the parameter file again
  tools_begin 0 "$@"
  tools_at ApiFunction
  function=$(tools_id ApiFunction)
  limit=$(tools_parameter ApiFunction LambdaReservedConcurrency)
  tools_say "Reserves $limit executions for $function (0: none)."
  if [ "$limit" = 0 ]; then
    aws lambda delete-function-concurrency --region "$region" --function-name "$function"
  else
    aws lambda put-function-concurrency --region "$region" --function-name "$function" --reserved-concurrent-executions "$limit"
  fi
)
set_provisioned() ( # NUMBER: keeps that many execution environments ready; all are billed
  tools_begin 1 "$@"
  tools_number "$1" NUMBER 1
  tools_at ApiFunction
  function=$(tools_id ApiFunction)
  aws lambda put-provisioned-concurrency-config --region "$region" --function-name "$function" \
    --qualifier "$TOOLS_ENVIRONMENT" --provisioned-concurrent-executions "$1"
)
show_quota() ( # shows the used and remaining requests of today (UTC), by key
  tools_begin 0 "$@"
  tools_at UsagePlan
  plan=$(tools_output UsagePlan ApiUsagePlanId)
  today=$(tools_time 0)
  aws apigateway get-usage --region "$region" --usage-plan-id "$plan" --start-date "${today%T*}" --end-date "${today%T*}"
)
set_remaining() ( # NUMBER: the requests that each key may still make today
  tools_begin 1 "$@"
  tools_number "$1" NUMBER 0
  tools_at UsagePlan
  plan=$(tools_output UsagePlan ApiUsagePlanId)
  keys=$(tools_keys_of_plan)
  for key in $keys; do
    tools_say "Lets $key make $1 more requests until midnight UTC (09:00 JST)."
    aws apigateway update-usage --region "$region" --usage-plan-id "$plan" --key-id "$key" \
      --patch-operations "op=replace,path=/remaining,value=$1"
  done
)
flush_cache() ( # removes all responses from the cache of the API
  tools_begin 0 "$@"
  tools_at RestApi
  api=$(tools_output RestApi ApiGatewayId)
  tools_say "Flushes the cache of the API."
  aws apigateway flush-stage-cache --region "$region" --stage-name v1 --rest-api-id "$api"
)
call_api() ( # PATH: requests a path of the API without CloudFront and WAF
  tools_begin 1 "$@"
  tools_at RestApi
  key=$(tools_deployed Distribution OriginKey)
  tools_request "$key" "$1" -sS
)
tools_request() { # KEY PATH OPTION...: requests a path of the API with an origin key
  local secret api_key url
  secret=$(tools_origin_secret "$1") || return
  secret=$(value aws secretsmanager get-secret-value --region "$region" --secret-id "$secret" --query SecretString --output text) || return
  api_key=$(jq -er .apiKey <<< "$secret") || return
  url=$(tools_output RestApi ApiGatewayUrl) || return
  curl "${@:3}" "$url$2" -H @- -H "X-Cache-Key: $(date +%s)-$$" <<< "x-api-key: $api_key" # not in the list of processes
}
show_dead_letters() ( # shows a message of the dead-letter queue
  tools_begin 0 "$@"
  tools_at DeadLetterQueue
  queue=$(tools_id DeadLetterQueue)
  aws sqs receive-message --region "$region" --queue-url "$queue" --message-attribute-names All --message-system-attribute-names All
)

# ==== The database ====

show_database() ( # shows the cluster, its instances and the events of the last 3 hours
  tools_begin 0 "$@"
  tools_database
  status=$(tools_cluster_status "$cluster")
  echo "cluster $cluster: $status"
  if [ "$status" != absent ]; then
    echo "engine version, deletion protection, can be restored from, until:"
    aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --output text \
      --query 'DBClusters[0].[EngineVersion, DeletionProtection, EarliestRestorableTime, LatestRestorableTime]'
    echo "members (True: the writer), and their cluster parameters:"
    aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --output text \
      --query 'DBClusters[0].DBClusterMembers[].[DBInstanceIdentifier, IsClusterWriter, DBClusterParameterGroupStatus]'
  fi
  echo "instances: status, zone, class, and their parameters:"
  aws rds describe-db-instances --region "$region" --filters "Name=db-cluster-id,Values=$cluster" --output text --query \
    'DBInstances[].[DBInstanceIdentifier, DBInstanceStatus, AvailabilityZone, DBInstanceClass, DBParameterGroups[0].ParameterApplyStatus]'
  echo "events of the last 3 hours:"
  for kind in db-cluster db-instance; do
    aws rds describe-events --region "$region" --source-type "$kind" --duration 180 --output text \
      --query "Events[?starts_with(SourceIdentifier, '$TOOLS_PREFIX-')].[Date, SourceIdentifier, Message]"
  done
)
fail_over() ( # [INSTANCE]: makes the reader, or this instance, the writer
  tools_begin 0 "$@"
  tools_database
  status=$(tools_cluster_status "$cluster")
  [ "$status" = available ] || tools_stop "The cluster is $status, not available: a failover is not possible."
  before=$(tools_writer)
  found=$(value aws rds describe-db-instances --region "$region" --filters "Name=db-cluster-id,Values=$cluster" \
    --query 'DBInstances[].[DBInstanceIdentifier, DBInstanceStatus]' --output json)
  fault=$(jq -r --arg target "${1:-}" --arg writer "$before" '
    map(select(.[0] != $writer and ($target == "" or .[0] == $target)))
    | if . == [] then "The cluster has no reader \($target) to fail over to."
      else map(select(.[1] != "available") | "\(.[0]) is \(.[1]), not available. Nothing was changed. If another reader is available: fail_over INSTANCE")[0] // "" end' <<< "$found")
  [ -z "$fault" ] || tools_stop "$fault"
  tools_say "Fails over $cluster. All connections are closed, usually for less than a minute." \
    "Do not repeat the command before you have looked at show_database."
  aws rds failover-db-cluster --region "$region" --db-cluster-identifier "$cluster" \
    ${1:+--target-db-instance-identifier "$1"} > /dev/null
  for _ in {1..20}; do # the status stays available at first
    writer=$(tools_writer) || writer=$before
    if [ "$writer" != "$before" ]; then break; fi
    sleep 3
  done
  [ "$writer" != "$before" ] || tools_stop "The writer is still $before. Look at show_database before you fail over again."
  tools_wait_cluster "$cluster" "then look at show_database, and do not repeat the command"
  tools_say "The writer is $writer."
)
start_database() ( # starts a cluster that is stopped, or that has lost its key and has it again
  tools_begin 0 "$@"
  tools_database
  status=$(tools_cluster_status "$cluster")
  case $status in
    (stopped | inaccessible-encryption-credentials-recoverable) ;;
    (inaccessible-encryption-credentials) tools_stop "The cluster is $status. It can only be restored from a backup." ;;
    (*) tools_stop "The cluster is $status." ;;
  esac
  tools_say "Starts $cluster."
  aws rds start-db-cluster --region "$region" --db-cluster-identifier "$cluster" > /dev/null
  tools_wait_cluster "$cluster" "then wait_for_cluster original"
)
restart_instance() ( # INSTANCE: restarts an instance, and waits
  tools_begin 1 "$@"
  tools_own "$1"
  tools_database
  tools_say "Restarts $1."
  aws rds reboot-db-instance --region "$region" --db-instance-identifier "$1" > /dev/null
  for _ in {1..20}; do # the status stays available at first
    status=$(value aws rds describe-db-instances --region "$region" --db-instance-identifier "$1" \
      --query 'DBInstances[0].DBInstanceStatus' --output text)
    if [ "$status" != available ]; then break; fi
    sleep 3
  done
  aws rds wait db-instance-available --region "$region" --db-instance-identifier "$1"
)
connect_database() ( # [writer|reader] [STATEMENT]: opens the MySQL client in CloudShell in the VPC
  tools_begin 0 "$@"
  tools_database
  endpoint=Endpoint
  case ${1:-writer} in (writer) ;; (reader) endpoint=ReaderEndpoint ;; (*) tools_stop "Choose writer or reader." ;; esac
  if ! type mysql > /dev/null 2>&1; then # the private subnets reach no bucket but those of the system, so the mirror of CloudFront
    type dnf > /dev/null 2>&1 || tools_stop "The MySQL client is missing. Run this in CloudShell in the VPC."
    # shellcheck disable=SC2016 # variables of dnf
    sudo dnf install -y mariadb105 \
      --setopt='amazonlinux.mirrorlist=https://cdn.amazonlinux.com/al2023/core/mirrors/$releasever/$basearch/mirror.list'
  fi
  bundle=$HOME/$region-bundle.pem
  if [ ! -s "$bundle" ]; then
    curl -fsS "https://truststore.pki.rds.amazonaws.com/$region/$region-bundle.pem" > "$bundle.new"
    mv "$bundle.new" "$bundle"
  fi
  host=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "${TOOLS_CLUSTER:-$cluster}" \
    --query "DBClusters[0].$endpoint" --output text)
  secret=$(tools_name DatabaseSecret)
  secret=$(value aws secretsmanager get-secret-value --region "$region" --secret-id "$secret" --query SecretString --output text)
  user=$(jq -er .username <<< "$secret")
  password=$(jq -er .password <<< "$secret")
  database=$(tools_parameter DatabaseCluster DatabaseName)
  MYSQL_PWD=$password mysql --host "$host" --user "$user" --ssl-ca "$bundle" --ssl-verify-server-cert "$database" ${2:+--execute "$2"}
)
show_queries() ( # [writer|reader]: shows the longest statements that are running, in CloudShell in the VPC
  tools_begin 0 "$@"
  connect_database "${1:-writer}" "SELECT id, user, time, state, LEFT(info, 200) AS statement FROM information_schema.processlist
    WHERE command <> 'Sleep' ORDER BY time DESC LIMIT 20;"
)
show_connections() ( # [writer|reader]: shows the connections by user and command with the IDs of the oldest, and open transactions
  tools_begin 0 "$@"
  connect_database "${1:-writer}" "SELECT user, SUBSTRING_INDEX(host, ':', 1) AS address, command, COUNT(*) AS connections, MAX(time)
    AS longest, SUBSTRING_INDEX(GROUP_CONCAT(id ORDER BY time DESC), ',', 5) AS oldest_ids FROM information_schema.processlist GROUP BY 1, 2, 3 ORDER BY connections DESC LIMIT 20;
    SELECT trx_mysql_thread_id AS id, trx_started, trx_rows_modified, LEFT(trx_query, 100) AS statement
    FROM information_schema.innodb_trx ORDER BY trx_started LIMIT 20;"
)
stop_query() ( # writer|reader ID: closes a connection and rolls its transaction back
  tools_begin 2 "$@"
  tools_number "$2" ID 1
  connect_database "$1" "CALL mysql.rds_kill($2);"
)
show_slow_queries() ( # shows the slow statements of the last hour, with count, total and longest seconds
  tools_begin 0 "$@"
  tools_insights slowquery 60 \
    'parse @message /Query_time: (?<seconds>[0-9.]+)/ | parse @message /SET timestamp=\d+;\s+(?<statement>[^\n]{1,60})/
      | stats count(*) as queries, sum(seconds) as total, max(seconds) as longest by statement | sort total desc | limit 20'
)
take_snapshot() ( # [PURPOSE]: takes a snapshot of the database, and waits
  tools_begin 0 "$@"
  tools_database
  snapshot=$TOOLS_PREFIX-${1:-manual}-$(date -u +%Y%m%d-%H%M%S)
  tools_say "Takes the snapshot $snapshot."
  aws rds create-db-cluster-snapshot --region "$region" --db-cluster-identifier "$cluster" --db-cluster-snapshot-identifier "$snapshot" > /dev/null
  aws rds wait db-cluster-snapshot-available --region "$region" --db-cluster-snapshot-identifier "$snapshot"
)
show_snapshots() ( # shows the snapshots: time, creation time of their cluster, type, name, status, key
  tools_begin 0 "$@"
  tools_database
  value aws rds describe-db-cluster-snapshots --region "$region" --db-cluster-identifier "$cluster" --output text --query \
    'sort_by(DBClusterSnapshots, &SnapshotCreateTime)[].[SnapshotCreateTime, ClusterCreateTime, SnapshotType, DBClusterSnapshotIdentifier, Status, KmsKeyId]'
)
show_backups() ( # shows the automated backups of deleted clusters: ID, creation time of their cluster, status, newest time
  tools_begin 0 "$@"
  tools_database
  value aws rds describe-db-cluster-automated-backups --region "$region" --db-cluster-identifier "$cluster" --output text \
    --query 'DBClusterAutomatedBackups[].[DbClusterResourceId,ClusterCreateTime,Status,RestoreWindow.LatestTime]'
)
show_upgrades() ( # shows the engine version, and the versions that it can be upgraded to
  tools_begin 0 "$@"
  tools_database
  version=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" \
    --query 'DBClusters[0].EngineVersion' --output text)
  echo "now: $version"
  aws rds describe-db-engine-versions --region "$region" --engine aurora-mysql --engine-version "$version" \
    --query 'DBEngineVersions[0].ValidUpgradeTarget[].[EngineVersion,IsMajorVersionUpgrade]' --output text
)
disable_deletion_protection() ( # CLUSTER: for a cluster that you are about to delete, so that its automated backups are kept
  tools_begin 1 "$@"
  tools_database
  tools_typed "$1" "$cluster"
  aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$cluster" --no-deletion-protection > /dev/null
)

# ==== Logs ====

tail_log() ( # LOG [SINCE]: shows a log: function, access, execution, error, slowquery, audit, flow or waf; SINCE such as 10m
  tools_begin 1 "$@"
  tools_log "$1"
  aws logs tail "$group" --region "$region" --since "${2:-1h}"
)
search_log() ( # LOG MINUTES QUERY: searches a log with Logs Insights
  tools_begin 3 "$@"
  tools_number "$2" MINUTES 1
  tools_insights "$@"
)
show_errors() ( # shows the failed requests of the last hour, first of the API, then of the function
  tools_begin 0 "$@"
  tools_insights access 60 \
    'filter status >= 500 | fields @timestamp, status, method, path, errorType, integrationError, requestId, extendedRequestId
      | sort @timestamp desc | limit 50'
  tools_insights function 60 \
    'filter level in ["ERROR", "error", "CRITICAL", "critical", "FATAL", "fatal"] or log_level = "ERROR"
        or (type = "platform.report" and record.status != "success")
      | fields @timestamp, level, record.status, errorType, message, @message | sort @timestamp desc | limit 50'
)
show_rejected_traffic() ( # shows the rejected traffic of the last day in the flow logs, by port
  tools_begin 0 "$@"
  tools_insights flow 1440 \
    'parse @message "* * * * * * * *" as log_version, account, interface, source_address, destination_address,
      source_port, port, rest
      | filter rest like / REJECT / | stats count(*) as records by port | sort records desc | limit 20'
)
show_log_ages() ( # shows when each log group got its newest events, up to an hour late; fails if a log group is missing
  tools_begin 0 "$@"
  missing=0
  for one in function access execution error slowquery audit flow waf; do
    tools_logs "$one"
    tools_at "$of" 2> /dev/null || continue # not in this build
    tools_log "$one" || { echo "$one: the log group was not found"; missing=1; continue; }
    newest=$(aws logs describe-log-streams --region "$region" --log-group-name "$group" --order-by LastEventTime --descending \
      --limit 1 --query 'logStreams[0].lastIngestionTime' --output text 2>&1) || {
      case $newest in (*ResourceNotFound*) echo "$one: the log group is missing"; missing=1; continue ;; esac
      tools_stop "$newest"
    }
    case $newest in
      ("" | None) echo "$one: no events" ;;
      (*) echo "$one: $((($(date +%s) - newest / 1000) / 60)) minutes ago" ;;
    esac
  done
  exit "$missing"
)
show_edge_logs() ( # lists the files of today's access logs of CloudFront
  tools_begin 0 "$@"
  folder=$(tools_edge_logs "$(tools_time 0)" day)
  tools_at Distribution
  aws s3 ls "$folder" --region "$region" --recursive
)
tools_edge_logs() { # TIME day|hour: the place of the access logs of CloudFront for a day or an hour
  local account bucket distribution path stack region template name
  tools_at EdgeLogBucket || return
  account=$(tools_account) || return
  bucket=$(tools_name EdgeLogBucket) || return
  distribution=$(tools_output Distribution CloudFrontDistributionId) || return
  path=${1%%T*}
  path=${path//-//}
  if [ "$2" = hour ]; then path=$path/${1:11:2}; fi
  echo "s3://$bucket/AWSLogs/$account/CloudFront/$distribution/$path/"
}

# ==== Callers and WAF ====

show_callers() ( # [HOURS_AGO]: counts the requests of an hour by address, from the access logs of CloudFront
  tools_begin 0 "$@"
  tools_number "${1:-0}" HOURS_AGO 0
  folder=$(tools_edge_logs "$(tools_time $((${1:-0} * 3600)))" hour)
  tools_at EdgeLogBucket
  files=$(mktemp -d)
  trap 'rm -rf "$files"' EXIT
  aws s3 cp "$folder" "$files/" --region "$region" --recursive > /dev/null
  found=$(find "$files" -name '*.gz' | sed -n 1p)
  [ -n "$found" ] || tools_stop "There are no access logs in $folder yet. CloudFront writes them some minutes late."
  find "$files" -name '*.gz' -exec gzip -dc {} + | jq -r '"\(."c-ip") \(."c-country")"' | sort | uniq -c | sort -rn | sed -n 1,20p
)
show_rate_limited() ( # RULE: shows the addresses that a rate limit blocks now: rate-limit or api-rate-limit
  tools_begin 1 "$@"
  tools_web_acl
  aws wafv2 get-rate-based-statement-managed-keys --region "$region" --scope CLOUDFRONT \
    --web-acl-name "$acl" --web-acl-id "$id" --rule-name "$1" --output json
)
tools_web_acl() { # sets acl, the name of the web ACL, its id, and region
  local arn
  tools_at WebACL || return
  arn=$(tools_output WebACL WebACLArn) || return
  acl=$(cut -d/ -f3 <<< "$arn")
  id=${arn##*/}
}
show_blocked() ( # counts the requests that WAF blocked in the last 30 minutes, by rule, path and country
  tools_begin 0 "$@"
  tools_insights waf 30 \
    'filter action = "BLOCK" | parse @message /"terminatingRule":\s*\{"ruleId":\s*"(?<inner>[^"]+)"/
      | stats count(*) as requests by terminatingRuleId, inner, httpRequest.uri, httpRequest.country
      | sort requests desc | limit 50'
)
tools_change_rule() { # Count|Block RULE [INNER]: what a rule of the web ACL, or one rule of its group, does
  local inner=${3:-} found group known rules lock description visibility protection association
  tools_web_acl || return
  found=$(value aws wafv2 get-web-acl --region "$region" --scope CLOUDFRONT --output json --name "$acl" --id "$id") || return
  group=$(jq -er --arg rule "$2" '[.WebACL.Rules[] | select(.Name == $rule)][0] // error("The web ACL has no rule \($rule)")
    | .Statement.ManagedRuleGroupStatement.Name // "-"' <<< "$found") || return
  if [ -n "$inner" ]; then # WAF ignores the name of a rule that the group does not have
    known=$(value aws wafv2 describe-managed-rule-group --region "$region" --scope CLOUDFRONT --vendor-name AWS --name "$group" \
      --query 'Rules[].Name' --output json) || return
    jq -e --arg inner "$inner" 'index($inner) // error("The rule group has no rule \($inner)")' <<< "$known" > /dev/null || return
  fi
  rules=$(jq -ec --arg action "$1" --arg rule "$2" --arg inner "$inner" '.WebACL.Rules | map(
    if .Name != $rule then .
    elif $action == "Count" and (if $inner == "" then .Action // .OverrideAction else
      .Statement.ManagedRuleGroupStatement.RuleActionOverrides // [] | map(select(.Name == $inner))[0].ActionToUse end // {} | has("Count"))
    then error("It counts already, perhaps in the template. Nothing was changed. If you did not change it, do not run block_rule.")
    elif has("Action") then .Action = {($action): {}}
    elif $inner == "" then .OverrideAction = (if $action == "Count" then {Count: {}} else {None: {}} end)
    else .Statement.ManagedRuleGroupStatement |= ((
      (.RuleActionOverrides // [] | map(select(.Name != $inner))) + (if $action == "Count" then [{Name: $inner, ActionToUse: {Count: {}}}] else [] end)) as $overrides
      | if $overrides == [] then del(.RuleActionOverrides) else .RuleActionOverrides = $overrides end) end)' <<< "$found") || return
  lock=$(jq -er .LockToken <<< "$found") || return
  description=$(jq -er .WebACL.Description <<< "$found") || return
  visibility=$(jq -ec .WebACL.VisibilityConfig <<< "$found") || return
  protection=$(jq -ec .WebACL.DataProtectionConfig <<< "$found") || return
  association=$(jq -ec .WebACL.AssociationConfig <<< "$found") || return
  aws wafv2 update-web-acl --region "$region" --scope CLOUDFRONT --name "$acl" --id "$id" --lock-token "$lock" \
    --default-action Allow={} --description "$description" --visibility-config "$visibility" \
    --data-protection-config "$protection" --association-config "$association" \
    --cli-binary-format base64 --rules "$rules" > /dev/null
}
count_rule() ( # RULE [INNER]: lets a rule of the web ACL, or one rule of its group, count instead of block
  tools_begin 1 "$@"
  tools_say "Lets $* count instead of block. Way back: block_rule $*"
  tools_change_rule Count "$@"
)
block_rule() ( # RULE [INNER]: the way back from count_rule: the rule blocks again
  tools_begin 1 "$@"
  tools_say "Lets $* block again."
  tools_change_rule Block "$@"
)
tools_set_name() { # ADDRESS: sets set, the name of the set of blocked addresses for it, and region
  tools_at BlockedIPv4Set || return
  case $1 in (*:*) set=$TOOLS_PREFIX-blocked-ipv6 ;; (*) set=$TOOLS_PREFIX-blocked-ipv4 ;; esac
}
tools_read_set() { # sets id and found, the content of the set with its lock token
  id=$(value aws wafv2 list-ip-sets --region "$region" --scope CLOUDFRONT --query "IPSets[?Name=='$set'].Id" --output text) || return
  found=$(value aws wafv2 get-ip-set --region "$region" --scope CLOUDFRONT --name "$set" --id "$id" --output json) || return
}
tools_write_set() { # ADDRESSES: gives the set these addresses, a list in JSON
  local lock description
  lock=$(jq -er .LockToken <<< "$found") || return
  description=$(jq -er .IPSet.Description <<< "$found") || return
  tools_say "$set: $1"
  aws wafv2 update-ip-set --region "$region" --scope CLOUDFRONT --name "$set" --id "$id" \
    --lock-token "$lock" --description "$description" --addresses "$1" > /dev/null
}
tools_change_set() { # add|remove ADDRESS: changes the set of an address
  local address=$2 addresses
  tools_set_name "$address" || return
  case $address in (*/*) ;; (*:*) address=$address/128 ;; (*) address=$address/32 ;; esac
  tools_read_set || return
  addresses=$(jq -ec --arg address "$address" --arg action "$1" '
    def full: ascii_downcase | split("/") as [$at, $bits] | if $at | contains(":") then
        [$at | split("::")[] | split(":") | map(select(. != "") | sub("^0+(?=.)"; ""))] as $sides
        | [$sides[0][], (range(8 - ($sides | add | length)) | "0"), ($sides[1] // [])[], $bits] | join(":")
      else . end;
    ($address | full) as $given | .IPSet.Addresses | map(select(full == $given)) as $same
    | if $action == "add" then (if $same == [] then . + [$address] else . end) | unique
      elif $same != [] then . - $same
      else error("The set does not contain \($address), but: \(join(", "))") end' <<< "$found") || return
  tools_write_set "$addresses"
}
tools_check_address() { # ADDRESS: fails unless it is an address, or a network that is not too wide
  jq -en --arg given "$1" '($given | split("/")) as $parts | ($parts[1] // "x") as $bits
    | ($parts[0] | if contains(":") then
        [split(":")[] | select(. != "")] as $groups | {widest: 32, host: 128, right: (
          (test(":::|^:[^:]|[^:]:$|::.*::") | not) and all($groups[]; test("^[0-9A-Fa-f]{1,4}$"))
          and (if contains("::") then ($groups | length) < 8 else ($groups | length) == 8 end))}
      else {widest: 8, host: 32, right: (
        (split(".") | length) == 4 and all(split(".")[]; test("^(0|[1-9][0-9]{0,2})$") and tonumber < 256))} end) as $kind
    | $kind.right and (($parts | length) == 1 or ($parts | length) == 2 and ($bits | test("^[0-9]{1,3}$"))
        and ($bits | tonumber) >= $kind.widest and ($bits | tonumber) <= $kind.host)' > /dev/null || {
    echo "$1 cannot be blocked. Give an address, or a network from /8 to /32 (IPv4) or from /32 to /128 (IPv6)." \
      "Nothing was changed." >&2
    return 1
  }
}
block_address() ( # ADDRESS: blocks an address or a network such as 203.0.113.0/24 or 2001:db8:1:2::/64
  tools_begin 1 "$@"
  tools_check_address "$1"
  tools_change_set add "$1"
)
unblock_address() ( # ADDRESS: no longer blocks it
  tools_begin 1 "$@"
  tools_change_set remove "$1"
)
show_blocked_addresses() ( # shows the addresses that operators block
  tools_begin 0 "$@"
  for one in 4 :; do
    tools_set_name "$one"
    tools_read_set
    jq -er --arg name "$set" '"\($name): \(.IPSet.Addresses | join(" "))"' <<< "$found"
  done
)
save_addresses() ( # saves the blocked addresses in two files of this folder
  tools_begin 0 "$@"
  for one in 4 :; do
    tools_set_name "$one"
    tools_read_set
    jq -e . <<< "$found" > "$set.json"
    jq -er --arg name "$set" '"\($name): \(.IPSet.Addresses | join(" "))"' <<< "$found"
  done
)
write_addresses() ( # writes the addresses that save_addresses saved in this folder; replaces others
  tools_begin 0 "$@"
  for one in 4 :; do
    tools_set_name "$one"
    test -s "$set.json" || tools_stop "$set.json is missing. save_addresses writes it. Run both in the same folder. Nothing was changed."
  done
  for one in 4 :; do
    tools_set_name "$one"
    addresses=$(jq -ec .IPSet.Addresses "$set.json")
    tools_read_set
    tools_write_set "$addresses"
  done
)

# ==== Alarms ====

subscribe() ( # critical|normal PROTOCOL ADDRESS: subscribes to the topics: email, sms (+81...) or https
  tools_begin 3 "$@"
  case $1 in (critical | normal) ;; (*) tools_stop "Choose critical or normal." ;; esac
  topics=$(value tools_outputs TopicArn)
  while read -r region key topic; do
    case $1:$key in (critical:*Critical*) ;; (normal:*Critical*) continue ;; (critical:*) continue ;; esac
    tools_say "Subscribes $3 to $key."
    aws sns subscribe --region "$region" --protocol "$2" --notification-endpoint "$3" --topic-arn "$topic" > /dev/null
  done <<< "$topics"
)
confirm_subscription() ( # LINK: confirms a subscription with the link of the email, which you have copied and not opened
  tools_begin 1 "$@"
  topic=${1#*TopicArn=}
  topic=${topic%%&*}
  topic=${topic//%3A/:} # some mail programs copy it encoded
  tools_arn 'sns:[[:lower:]]*:[0-9]*:?*' "$topic" "a topic. Copy the whole link of the email."
  token=${1#*Token=}
  aws sns confirm-subscription --region "$region" --topic-arn "$topic" --token "${token%%&*}" \
    --authenticate-on-unsubscribe true
)
check_subscriptions() ( # shows the subscriptions of each topic; fails if one has none or an unconfirmed one
  tools_begin 0 "$@"
  topics=$(value tools_outputs TopicArn)
  while read -r region key topic; do
    found=$(value aws sns list-subscriptions-by-topic --region "$region" --topic-arn "$topic" \
      --query 'Subscriptions[].[Endpoint,SubscriptionArn]' --output json)
    echo "$key: $found"
    jq -e --arg topic "$key" 'if length > 0 and all(.[]; .[1] | startswith("arn:")) then true
      else error("\($topic): a subscription is missing or not confirmed") end' <<< "$found" > /dev/null
  done <<< "$topics"
)
test_topics() ( # sends a test message to each topic
  tools_begin 0 "$@"
  topics=$(value tools_outputs TopicArn)
  while read -r region key topic; do
    tools_say "Sends a message to $key."
    aws sns publish --region "$region" --topic-arn "$topic" --subject "Test of $key" --message "Test of $key" > /dev/null
  done <<< "$topics"
)
test_alarm() ( # ALARM: lets an alarm such as api-5xx notify; CloudWatch resets its state
  tools_begin 1 "$@"
  for region in $(tools_regions); do
    found=$(aws cloudwatch describe-alarms --region "$region" --alarm-names "$TOOLS_PREFIX-$1" \
      --query 'MetricAlarms[].AlarmName' --output text)
    if [ -n "$found" ]; then
      tools_say "Sets $found to ALARM."
      aws cloudwatch set-alarm-state --region "$region" --alarm-name "$found" --state-value ALARM --state-reason "Test of the notification"
      exit
    fi
  done
  tools_stop "There is no alarm $TOOLS_PREFIX-$1."
)
mute_alarms() ( # HOURS TEXT: no notifications from alarms with this text in their short name, from 2 minutes from now
  tools_begin 2 "$@"
  tools_number "$1" HOURS 1 360
  start=$(tools_time -120)
  matched=0
  for region in $(tools_regions); do
    found=$(value aws cloudwatch describe-alarms --region "$region" --alarm-name-prefix "$TOOLS_PREFIX-" \
      --query 'MetricAlarms[].AlarmName' --output json)
    # The name of the project is in every name: only what follows it counts.
    alarms=$(jq -ec --arg prefix "$TOOLS_PREFIX-" --arg text "$2" \
      '{AlarmNames: map(select(ltrimstr($prefix) | contains($text)))}' <<< "$found")
    count=$(jq '.AlarmNames | length' <<< "$alarms")
    if [ "$count" = 0 ]; then continue; fi
    matched=$((matched + count))
    tools_say "Mutes $count alarms in $region for $1 hours. Way back: unmute_alarms $2"
    jq -r '.AlarmNames[]' <<< "$alarms"
    aws cloudwatch put-alarm-mute-rule --region "$region" --name "$TOOLS_PREFIX-mute-$2" --mute-targets "$alarms" \
      --rule "{\"Schedule\": {\"Expression\": \"at(${start%:*})\", \"Duration\": \"PT${1}H\"}}"
  done
  [ "$matched" != 0 ] || tools_stop "No alarm of $TOOLS_PREFIX has $2 in its short name. Nothing was muted."
)
unmute_alarms() ( # TEXT: deletes the rules that mute_alarms created for this text; alarms that still fire notify at once
  tools_begin 1 "$@"
  for region in $(tools_regions); do
    tools_say "Deletes the mute rule $TOOLS_PREFIX-mute-$1 in $region, if it exists."
    aws cloudwatch delete-alarm-mute-rule --region "$region" --alarm-mute-rule-name "$TOOLS_PREFIX-mute-$1"
  done
)

# ==== Network, keys, certificate ====

show_network() ( # shows the zone of each subnet, the state of each NAT gateway, and the gateway of each route table
  tools_begin 0 "$@"
  tools_at VPC
  project=Name=tag:Project,Values=$TOOLS_PROJECT
  environment=Name=tag:Environment,Values=$TOOLS_ENVIRONMENT
  aws ec2 describe-subnets --region "$region" --filters "$project" "$environment" --output text \
    --query "sort_by(Subnets[].[Tags[?Key=='Name'].Value | [0], AvailabilityZone, AvailabilityZoneId], &[0])"
  aws ec2 describe-nat-gateways --region "$region" --filter "$project" "$environment" --output text \
    --query "NatGateways[].[Tags[?Key=='Name'].Value | [0], NatGatewayId, State]"
  aws ec2 describe-route-tables --region "$region" --filters "$project" "$environment" --output text --query \
    "RouteTables[?Routes[?NatGatewayId]].[Tags[?Key=='Name'].Value | [0], Routes[?NatGatewayId].[NatGatewayId, State] | [0] | join(' ', @)]"
)
reroute_zone() ( # ZONE: 1 or 2, the zone whose NAT gateway failed: its traffic leaves through the other one
  tools_begin 1 "$@"
  case $1 in (1) other=2 ;; (2) other=1 ;; (*) tools_stop "Choose 1 or 2." ;; esac
  tools_route "$1" "$other"
)
restore_zone() ( # ZONE: 1 or 2: its traffic leaves through its own NAT gateway again
  tools_begin 1 "$@"
  case $1 in (1 | 2) tools_route "$1" "$1" ;; (*) tools_stop "Choose 1 or 2." ;; esac
)
tools_route() { # ZONE GATEWAY: routes the private subnet of a zone through a NAT gateway
  local table gateway status
  tools_at NatGateway2 || return
  table=$(tools_id "PrivateRouteTable$1") || return
  gateway=$(tools_id "NatGateway$2") || return
  status=$(value aws ec2 describe-nat-gateways --region "$region" --nat-gateway-ids "$gateway" \
    --query 'NatGateways[0].State' --output text) || return
  [ "$status" = available ] || tools_stop "The NAT gateway $gateway is $status, not available."
  if [ "$1" = "$2" ]; then
    tools_say "Routes $table through its own $gateway again."
  else
    tools_say "Routes $table through $gateway. When the zone works again: restore_zone $1"
  fi
  aws ec2 replace-route --region "$region" --route-table-id "$table" --destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$gateway"
}
show_security_groups() ( # shows the rules of the security groups of this environment
  tools_begin 0 "$@"
  tools_at VPC
  aws ec2 describe-security-groups --region "$region" --filters "Name=group-name,Values=$TOOLS_PREFIX-*-sg" \
    --query 'SecurityGroups[].[GroupName,IpPermissions,IpPermissionsEgress]'
)
show_keys() ( # shows state, deletion date and rotation of each KMS key
  tools_begin 0 "$@"
  keys=$(value tools_outputs KeyArn)
  while read -r region key arn; do
    echo "$key $arn"
    aws kms describe-key --region "$region" --key-id "$arn" --query 'KeyMetadata.[KeyState,DeletionDate]' --output text
    aws kms get-key-rotation-status --region "$region" --key-id "$arn" --output json \
      --query '[KeyRotationEnabled,RotationPeriodInDays]'
  done <<< "$keys"
)
enable_key() ( # ARN: enables a KMS key that is disabled or pending deletion
  tools_begin 1 "$@"
  tools_own_key "$1"
  state=$(value aws kms describe-key --region "$region" --key-id "$1" --query KeyMetadata.KeyState --output text)
  case $state in
    (Enabled) echo "The key is enabled."; exit ;;
    (PendingDeletion) tools_say "Cancels the deletion of $1."; aws kms cancel-key-deletion --region "$region" --key-id "$1" > /dev/null ;;
  esac
  tools_say "Enables $1."
  aws kms enable-key --region "$region" --key-id "$1"
)
show_certificate() ( # shows the state of the certificate, its end, its renewal and the DNS records that validate it
  tools_begin 0 "$@"
  tools_at Distribution
  certificate=$(tools_parameter Distribution CertificateArn)
  if [ -z "$certificate" ]; then echo "The site has no custom domain, so it has no certificate of its own."; exit; fi
  aws acm describe-certificate --region "$region" --certificate-arn "$certificate" --output json --query 'Certificate.{Status: Status,
    Type: Type, NotAfter: NotAfter, RenewalEligibility: RenewalEligibility, RenewalStatus: RenewalSummary.RenewalStatus,
    FailureReason: FailureReason, Validation: DomainValidationOptions}'
)

# ==== Origin key and passwords ====

show_origin_key() ( # shows which origin keys the API accepts, and which one CloudFront sends
  tools_begin 0 "$@"
  accepted=$(tools_deployed UsagePlan OriginKeys)
  sent=$(tools_deployed Distribution OriginKey)
  echo "OriginKeys: $accepted, OriginKey: $sent"
  tools_at UsagePlan
  plan=$(tools_output UsagePlan ApiUsagePlanId)
  aws apigateway get-usage-plan-keys --region "$region" --usage-plan-id "$plan" --query 'items[].[id,name]' --output text
  keys=$(tools_keys_of_plan)
  for key in $keys; do
    enabled=$(value aws apigateway get-api-key --region "$region" --api-key "$key" --query enabled --output text)
    echo "$key enabled: $enabled"
  done
  for key in a b; do
    secret=$(tools_origin_secret "$key")
    aws secretsmanager describe-secret --region "$region" --secret-id "$secret" --output text \
      --query "ReplicationStatus[].['replica of $key', Region, Status, StatusMessage]"
  done
)
try_origin_key() ( # a|b: requests /api/v1/health with a key; 403 means that the API does not accept the key
  tools_begin 1 "$@"
  tools_at RestApi
  tools_request "$1" /api/v1/health -sS -o /dev/null -w '%{http_code}\n'
)
show_key_users() ( # counts the requests of the last hour by API key and address
  tools_begin 0 "$@"
  tools_insights access 60 \
    'filter ispresent(keyId) and keyId != "-" | stats count(*) as requests by keyId, peer | sort requests desc | limit 50'
)
new_origin_key() ( # a|b: a new value for the secret of a key that the API does not accept
  tools_begin 1 "$@"
  accepted=$(tools_deployed UsagePlan OriginKeys)
  sent=$(tools_deployed Distribution OriginKey)
  case $1:$accepted:$sent in
    (a:b:b | b:a:a) ;;
    (*) tools_stop "No new value for $1: OriginKeys is $accepted, and OriginKey is $sent." ;;
  esac
  tools_at UsagePlan
  secret=$(tools_origin_secret "$1")
  new=$(value aws secretsmanager get-random-password --region "$region" \
    --password-length 40 --exclude-punctuation --query '{apiKey: RandomPassword}' --output json)
  new=$(jq -ec 'select(.apiKey)' <<< "$new")
  tools_say "Sets a new value in $secret."
  aws secretsmanager put-secret-value --region "$region" --secret-id "$secret" \
    --secret-string file:///dev/stdin < <(printf %s "$new") # not in the list of processes
)
replicate_origin_key() ( # a|b: copies the secret of a key to the region of CloudFront again, unless it is InSync
  tools_begin 1 "$@"
  tools_at Distribution
  to=$region
  tools_at UsagePlan
  secret=$(tools_origin_secret "$1")
  status=$(value aws secretsmanager describe-secret --region "$region" --secret-id "$secret" --output json \
    --query "{Status: ReplicationStatus[?Region=='$to'].Status | [0]}")
  case $status in (*InSync*) echo "$secret is replicated"; exit ;; esac
  tools_say "Replicates $secret to $to."
  aws secretsmanager replicate-secret-to-regions --region "$region" --secret-id "$secret" \
    --add-replica-regions "Region=$to" --force-overwrite-replica-secret
)
show_secret_readers() ( # SINCE UNTIL: shows who has read the password of the database in a period
  tools_begin 2 "$@"
  tools_at DatabaseSecret
  secret=$(tools_name DatabaseSecret)
  since=$(tools_utc "$1")
  until=$(tools_utc "$2")
  aws cloudtrail lookup-events --region "$region" --start-time "$since" --end-time "$until" \
    --lookup-attributes AttributeKey=EventName,AttributeValue=GetSecretValue \
    --query "Events[?contains(CloudTrailEvent, '$secret')].[EventTime,Username]" --output text
  echo "complete"
)
new_password() ( # CLUSTER: a new password in the secret and in the database. Way back: old_password
  tools_begin 1 "$@"
  tools_database
  tools_typed "$1" "$cluster"
  tools_require_available "$cluster"
  secret=$(tools_name DatabaseSecret)
  current=$(value aws secretsmanager get-secret-value --region "$region" --secret-id "$secret" --query SecretString --output text)
  new=$(value aws secretsmanager get-random-password --region "$region" \
    --password-length 32 --exclude-punctuation --query '{password: RandomPassword}' --output json)
  new=$(jq -sec '.[0] + (.[1] | select(.password))' <<< "$current $new")
  tools_say "Sets a new password in $secret. If the command stops now, run set_password. Do not repeat new_password."
  aws secretsmanager put-secret-value --region "$region" --secret-id "$secret" \
    --secret-string file:///dev/stdin < <(printf %s "$new") > /dev/null
  tools_set_password
)
set_password() ( # sets the password of the secret on the database
  tools_begin 0 "$@"
  tools_database
  tools_require_available "$cluster"
  tools_set_password
)
tools_set_password() { # [VERSION]: of the secret; without it, the current one
  local secret password
  secret=$(tools_name DatabaseSecret) || return
  secret=$(value aws secretsmanager get-secret-value --region "$region" --secret-id "$secret" ${1:+--version-id "$1"} \
    --query SecretString --output text) || return
  password=$(jq -ec '{MasterUserPassword: (.password // error("The secret has no password."))}' <<< "$secret") || return
  tools_say "Sets the password of ${1:+version $1 of }the secret on $cluster."
  aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$cluster" \
    --cli-input-json file:///dev/stdin --query 'DBCluster.[DBClusterIdentifier,Status]' <<< "$password"
}
old_password() ( # sets the password before the last change, in the database and in the secret
  tools_begin 0 "$@"
  tools_database
  tools_require_available "$cluster"
  secret=$(tools_name DatabaseSecret)
  current=$(tools_current_version "$region" "$secret")
  previous=$(value aws secretsmanager list-secret-version-ids --region "$region" --secret-id "$secret" --output text \
    --query "Versions[?contains(VersionStages, 'AWSPREVIOUS')].VersionId")
  tools_set_password "$previous" # first: a repeat after a failure then finds the same previous version
  tools_say "Makes the version $previous of $secret the current one. Way back: old_password"
  aws secretsmanager update-secret-version-stage --region "$region" --secret-id "$secret" \
    --version-stage AWSCURRENT --move-to-version-id "$previous" --remove-from-version-id "$current" > /dev/null
)

# ==== Restore of the database ====

stop_writes() ( # disables all API keys: the API then returns 403. Way back: resume_writes
  tools_begin 0 "$@"
  tools_say "Disables the API keys of the usage plan."
  tools_switch_keys false
  echo "every key is disabled"
)
resume_writes() ( # enables the API keys again, and flushes the cache. Not after a leaked key: it enables that too
  tools_begin 0 "$@"
  tools_say "Enables the API keys of the usage plan."
  tools_switch_keys true
  flush_cache
)
tools_identifier() { # original|restored: the identifier of the cluster or of the restored one
  case $1 in
    (original) echo "$cluster" ;;
    (restored) echo "$cluster-restored" ;;
    (*) echo "Choose original or restored." >&2; return 1 ;;
  esac
}
tools_restore() { # CLUSTER COMMAND OPTION...: into the groups of the stack; ends the command if the cluster exists
  local subnets security group tags protection status
  status=$(tools_cluster_status "$1") || return
  [ "$status" = absent ] || tools_stop "$1 exists already, and is $status. Nothing was restored. If it is the restore that you want," \
    "continue with the next step. If it is another restore, delete it first: docs/recovery.md, The wrong snapshot."
  subnets=$(tools_id DatabaseSubnetGroup) || return
  security=$(tools_id DatabaseSecurityGroup) || return
  group=$(tools_id DatabaseClusterParameterGroup) || return
  tags=$(tools_tags keys) || return
  protection=$(tools_parameter DatabaseCluster DatabaseDeletionProtection) || return
  if [ "$protection" = true ]; then protection=--deletion-protection; else protection=--no-deletion-protection; fi
  tools_say "Restores the cluster $1."
  # shellcheck disable=SC2086 # a tag is one word
  aws rds "$2" --region "$region" --db-cluster-identifier "$1" "${@:3}" \
    --engine-lifecycle-support open-source-rds-extended-support-disabled \
    --port 3306 \
    --db-subnet-group-name "$subnets" \
    --vpc-security-group-ids "$security" \
    --db-cluster-parameter-group-name "$group" \
    --enable-iam-database-authentication --copy-tags-to-snapshot "$protection" \
    --tags $tags > /dev/null
}
restore_live() ( # TIME|latest: restores the existing cluster to a time, beside it
  tools_begin 1 "$@"
  tools_database
  if [ "$1" = latest ]; then point=--use-latest-restorable-time time=''; else point=--restore-to-time; time=$(tools_utc "$1"); fi
  tools_restore "$cluster-restored" restore-db-cluster-to-point-in-time --source-db-cluster-identifier "$cluster" "$point" ${time:+"$time"}
)
restore_snapshot() ( # SNAPSHOT original|restored: restores a snapshot
  tools_begin 2 "$@"
  tools_database
  target=$(tools_identifier "$2")
  version=$(value aws rds describe-db-cluster-snapshots --region "$region" --db-cluster-snapshot-identifier "$1" --output text \
    --query "DBClusterSnapshots[?starts_with(DBClusterIdentifier, '$cluster')].EngineVersion") ||
    tools_reject "$1 is not a snapshot of $cluster. show_snapshots lists them."
  tools_restore "$target" restore-db-cluster-from-snapshot --snapshot-identifier "$1" --engine aurora-mysql --engine-version "$version"
)
restore_backup() ( # BACKUP TIME|latest original|restored: restores the automated backups of a deleted cluster
  tools_begin 3 "$@"
  tools_database
  target=$(tools_identifier "$3")
  if [ "$2" = latest ]; then point=--use-latest-restorable-time time=''; else point=--restore-to-time; time=$(tools_utc "$2"); fi
  tools_restore "$target" restore-db-cluster-to-point-in-time --source-db-cluster-resource-id "$1" "$point" ${time:+"$time"}
)
wait_for_cluster() ( # original|restored: waits until the cluster is available
  tools_begin 1 "$@"
  tools_database
  target=$(tools_identifier "$1")
  tools_wait_cluster "$target"
)
tools_insights_of() { # CLASS: the options of Performance Insights, if the template enables it for the class
  local key enabled
  enabled=$(sed -n "/^    ${1//./\\.}:\$/,/PerformanceInsights:/s/.*PerformanceInsights: *//p" "$TOOLS_OUT/$template") || return
  case ${enabled//[\"\']/} in
    (true)
      key=$(tools_output DatabaseCluster DatabaseKeyArn) || return
      echo "--enable-performance-insights --performance-insights-retention-period 7 --performance-insights-kms-key-id $key" ;;
    (false) ;;
    (*) echo "$template has no setting of Performance Insights for $1." >&2; return 1 ;;
  esac
}
tools_create_instance() { # CLUSTER INSTANCE NUMBER: as the template does; not if it exists
  local monitoring parameters zone windows members class tags insights
  members=$(tools_members "$1") || return
  if [[ $members != *\"$2\"* ]]; then
    monitoring=$(tools_id MonitoringRole) || return
    monitoring=$(value aws iam get-role --region "$region" --role-name "$monitoring" --query Role.Arn --output text) || return
    parameters=$(tools_id DatabaseParameterGroup) || return
    zone=$(tools_output VPC "PrivateSubnet$3AvailabilityZone") || return
    class=$(tools_parameter DatabaseCluster DatabaseInstanceClass) || return
    tags=$(tools_tags keys) || return
    insights=$(tools_insights_of "$class") || return
    windows=sat:19:30-sat:20:00
    if [ "$3" = 2 ]; then windows=sat:19:00-sat:19:30; fi
    tools_say "Creates the instance $2."
    # shellcheck disable=SC2086 # a tag is one word
    aws rds create-db-instance --region "$region" $insights --db-cluster-identifier "$1" --db-instance-identifier "$2" \
      --availability-zone "$zone" --promotion-tier "$(($3 - 1))" \
      --db-instance-class "$class" --engine aurora-mysql --db-parameter-group-name "$parameters" \
      --monitoring-interval 60 --monitoring-role-arn "$monitoring" \
      --preferred-maintenance-window "$windows" --no-auto-minor-version-upgrade --no-publicly-accessible \
      --tags $tags "Key=Name,Value=$TOOLS_PREFIX-aurora-instance-$3" > /dev/null || return
  fi
  aws rds wait db-instance-available --region "$region" --db-instance-identifier "$2"
}
tools_numbers() { # the numbers of the instances that the parameters ask for
  local zones reader
  zones=$(tools_parameter DatabaseCluster DatabaseMultiAZ) || return
  reader=$(tools_parameter DatabaseCluster DatabaseReadReplica) || return
  if [ "$zones:$reader" = false:false ]; then echo 1; else echo 1 2; fi
}
create_missing_instances() ( # creates instances of the stack that were deleted, with their identifiers
  tools_begin 0 "$@"
  tools_database
  status=$(tools_cluster_status "$cluster")
  [ "$status" = available ] || tools_stop "The cluster is $status, not available."
  numbers=$(tools_numbers)
  for number in $numbers; do
    instance=$(tools_id "DatabaseInstance$number")
    tools_create_instance "$cluster" "$instance" "$number"
  done
)
create_instances() ( # creates the instances of the restored cluster; the first becomes the writer
  tools_begin 0 "$@"
  tools_database
  numbers=$(tools_numbers)
  for number in $numbers; do
    tools_create_instance "$cluster-restored" "$TOOLS_PREFIX-restored-$number" "$number"
  done
  TOOLS_CLUSTER=$cluster-restored
  echo "To check the data: TOOLS_CLUSTER=$TOOLS_CLUSTER connect_database"
)
tools_rename_cluster() { # OLD NEW
  tools_say "Renames the cluster $1 to $2."
  aws rds modify-db-cluster --region "$region" --apply-immediately \
    --db-cluster-identifier "$1" --new-db-cluster-identifier "$2" > /dev/null || return
  tools_wait_cluster "$2"
}
tools_rename_instance() { # CLUSTER OLD NEW: unless the cluster has no instance OLD
  local members
  members=$(tools_members "$1") || return
  if [[ $members == *\"$2\"* ]]; then
    tools_say "Renames the instance $2 to $3."
    aws rds modify-db-instance --region "$region" --apply-immediately \
      --db-instance-identifier "$2" --new-db-instance-identifier "$3" > /dev/null || return
    tools_retry aws rds wait db-instance-available --region "$region" --db-instance-identifier "$3" || return
  fi
}
swap_clusters() ( # CLUSTER: gives the restored cluster the identifiers of the stack; can be repeated
  tools_begin 1 "$@"
  tools_database
  tools_typed "$1" "$cluster"
  restored=$(tools_cluster_status "$cluster-restored")
  old=$(tools_cluster_status "$cluster-old")
  present=$(tools_cluster_status "$cluster")
  [ "$restored:$present" != absent:absent ] || tools_stop "There is no cluster $cluster-restored. Restore first."
  [ "$restored:$old:$present" != "absent:absent:$present" ] || tools_stop "There is neither $cluster-restored nor $cluster-old: nothing to swap."
  numbers=$(tools_numbers)
  ids='' # before anything is renamed
  for number in $numbers; do
    instance=$(tools_id "DatabaseInstance$number")
    ids=$ids$instance$'\n'
  done
  if [ "$restored" != absent ] && [ "$present" != absent ] && [ "$old" != absent ]; then
    tools_stop "$cluster-old exists from an earlier restore. Delete it first: delete_old_cluster $cluster-old"
  fi
  if [ "$restored" != absent ]; then
    tools_require_available "$cluster-restored" # or the site would be left without a database
    members=$(tools_members "$cluster-restored")
    for number in $numbers; do
      case $members in
        (*"\"$TOOLS_PREFIX-restored-$number\""*) ;;
        (*) tools_stop "$cluster-restored has no instance $TOOLS_PREFIX-restored-$number: create_instances. Nothing was changed." ;;
      esac
    done
    if [ "$present" != absent ]; then
      tools_require_available "$cluster" # RDS renames only what is available
      tools_rename_cluster "$cluster" "$cluster-old"
      old=$(tools_cluster_status "$cluster-old")
    fi
  fi
  number=0
  while read -r instance; do
    number=$((number + 1))
    if [ "$old" != absent ]; then tools_rename_instance "$cluster-old" "$instance" "$TOOLS_PREFIX-old-$number"; fi
  done <<< "${ids%$'\n'}"
  members='[]'
  if [ "$old" != absent ]; then
    old=$(tools_cluster_status "$cluster-old") # the renames may have ended since
    members=$(tools_members "$cluster-old")
  fi
  case $old in (absent | available | stopping | stopped) ;; (*) tools_stop "$cluster-old is $old. Repeat the command when it is available." ;; esac
  if [ "$old" = available ] && [ "$members" != '[]' ]; then
    tools_say "Stops $cluster-old, so that nothing uses its connections. RDS starts it again after 7 days."
    aws rds stop-db-cluster --region "$region" --db-cluster-identifier "$cluster-old" > /dev/null
  fi
  if [ "$restored" != absent ]; then tools_rename_cluster "$cluster-restored" "$cluster"; fi
  number=0
  while read -r instance; do
    number=$((number + 1))
    tools_rename_instance "$cluster" "$TOOLS_PREFIX-restored-$number" "$instance"
  done <<< "${ids%$'\n'}"
  complete_cluster
  members=$(tools_members "$cluster")
  jq -e --arg ids "${ids%$'\n'}" 'if sort == ($ids | split("\n") | sort) then true
    else error("The instances are \(join(" ")), and those of the stack \($ids | gsub("\n"; " ")). Do not resume writes.") end' \
    <<< "$members" > /dev/null
  writer=$(tools_output DatabaseCluster DatabaseClusterEndpoint)
  reader=$(tools_output DatabaseCluster DatabaseClusterReadEndpoint)
  found=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" \
    --query 'DBClusters[0].[Endpoint,ReaderEndpoint]' --output text)
  case "$found" in
    ("$writer"$'\t'"$reader" | "$writer"$'\t'*) echo "the same" ;;
    (*) tools_stop "The endpoints are $found, and the outputs are $writer $reader. Do not resume writes." ;;
  esac
)
complete_cluster() ( # sets what a restore does not keep: log exports, backups and windows
  tools_begin 0 "$@"
  tools_database
  tools_say "Completes the settings of $cluster."
  aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$cluster" \
    --cloudwatch-logs-export-configuration EnableLogTypes=audit,error,slowquery \
    --backup-retention-period 30 --preferred-backup-window 17:00-18:00 \
    --preferred-maintenance-window sat:18:30-sat:19:00 > /dev/null
)
delete_old_cluster() ( # CLUSTER: deletes the -old cluster after a restore with a final snapshot, or the -restored one of a rehearsal or a wrong restore
  tools_begin 1 "$@"
  tools_database
  case $1 in
    ("$cluster-old") final="--final-db-snapshot-identifier $1-final-$(date -u +%Y%m%d-%H%M%S)" ;;
    ("$cluster-restored") # perhaps the only copy of the data
      status=$(tools_cluster_status "$cluster")
      final="--final-db-snapshot-identifier $1-final-$(date -u +%Y%m%d-%H%M%S)"
      if [ "$status" = available ]; then final=--skip-final-snapshot; fi ;;
    (*) tools_stop "Type the name of what is left: $cluster-old, or after a rehearsal or a wrong restore $cluster-restored" ;;
  esac
  status=$(tools_cluster_status "$1")
  if [ "$status" != absent ]; then
    if [ "$status" = stopped ]; then # RDS rejects it otherwise
      aws rds start-db-cluster --region "$region" --db-cluster-identifier "$1" > /dev/null
    fi
    tools_wait_cluster "$1"
    members=$(tools_members "$1")
    tools_say "Deletes $1 with its instances:" "$(jq -r 'join(" ")' <<< "$members")"
    instances=$(jq -r 'reverse | .[]' <<< "$members")
    for instance in $instances; do # of a cluster that has just started
      aws rds wait db-instance-available --region "$region" --db-instance-identifier "$instance"
    done
    for instance in $instances; do
      aws rds delete-db-instance --region "$region" --db-instance-identifier "$instance" > /dev/null
    done
    aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$1" --no-deletion-protection > /dev/null
    # shellcheck disable=SC2086 # an option and its value
    aws rds delete-db-cluster --region "$region" --db-cluster-identifier "$1" $final > /dev/null
    aws rds wait db-cluster-deleted --region "$region" --db-cluster-identifier "$1"
  fi
  groups=$(value aws logs describe-log-groups --region "$region" --output json \
    --log-group-name-prefix "/aws/rds/cluster/$1/" --query 'logGroups[].logGroupName')
  names=$(jq -r '.[]' <<< "$groups")
  for group in $names; do
    aws logs delete-log-group --region "$region" --log-group-name "$group"
  done
)

# ==== Recovery of stacks ====

show_delete_policies() ( # shows whether the service roles have their delete policies: each line must end with attached
  tools_begin 0 "$@"
  for one in $(tools_stacks); do
    tools_stack "$one"
    found=$(value aws cloudformation describe-stacks --region "$region" --stack-name "deploy-$name" \
      --query "Stacks[0].Parameters[?ParameterKey=='DeletePolicies'].ParameterValue" --output text)
    echo "$stack: $found"
  done
)
show_leftovers() ( # lists all resources with the tags of this environment
  tools_begin 0 "$@"
  for region in $(tools_regions); do
    aws resourcegroupstaggingapi get-resources --region "$region" --tag-filters \
      "Key=Project,Values=$TOOLS_PROJECT" "Key=Environment,Values=$TOOLS_ENVIRONMENT" --query 'ResourceTagMappingList[].ResourceARN'
  done
)
show_data_keys() ( # shows the KMS keys and secrets with the tags of this environment: Enabled, and no deletion date
  tools_begin 0 "$@"
  for region in $(tools_regions); do
    keys=$(value aws resourcegroupstaggingapi get-resources --region "$region" --resource-type-filters kms:key \
      --tag-filters "Key=Project,Values=$TOOLS_PROJECT" "Key=Environment,Values=$TOOLS_ENVIRONMENT" \
      --query 'ResourceTagMappingList[].ResourceARN' --output text)
    for key in $keys; do
      aws kms describe-key --region "$region" --key-id "$key" --output text \
        --query 'KeyMetadata.[KeyState,DeletionDate,Description,Arn]'
    done
    aws secretsmanager list-secrets --region "$region" --include-planned-deletion --output text \
      --filters "Key=name,Values=$TOOLS_PREFIX-" --query 'SecretList[].[DeletedDate,Name]'
  done
)
restore_secret() ( # SECRET: restores a secret that is scheduled for deletion
  tools_begin 1 "$@"
  tools_own "$1"
  tools_at DatabaseSecret
  aws secretsmanager restore-secret --region "$region" --secret-id "$1"
)
last_deploys() ( # STACK: shows the deleted stacks of this name, the version of their package, and whether out/ is their template
  tools_begin 1 "$@"
  tools_stack "$1"
  found=$(value aws cloudformation list-stacks --region "$region" --stack-status-filter DELETE_COMPLETE --output json \
    --query "StackSummaries[?StackName=='$name'].StackId")
  ids=$(jq -er 'if length > 0 then .[] else error("no deleted stack found: CloudFormation lists a deleted stack for 90 days") end' <<< "$found")
  for id in $ids; do
    value aws cloudformation describe-stacks --region "$region" --stack-name "$id" --output text \
      --query "Stacks[0].[DeletionTime,StackId,Parameters[?ParameterKey=='LambdaCodeS3ObjectVersion'].ParameterValue | [0]]"
    body=$(value aws cloudformation get-template --region "$region" --stack-name "$id" --template-stage Original \
      --query TemplateBody --output text)
    if [ "$body" = "$(cat "$TOOLS_OUT/$template")" ]; then echo "its template: $template"; else echo "its template: a different one"; fi
  done
)
show_same_keys() ( # STACK NAME: shows the keys with the tag Name, and which key each log group, secret and snapshot uses
  tools_begin 2 "$@"
  tools_stack "$1"
  keys=$(value aws resourcegroupstaggingapi get-resources --region "$region" --resource-type-filters kms:key \
    --tag-filters "Key=Name,Values=$2" --query 'ResourceTagMappingList[].ResourceARN' --output text)
  for key in $keys; do
    aws kms describe-key --region "$region" --key-id "$key" --output text --query 'KeyMetadata.[Arn,CreationDate,KeyState]'
  done
  aws logs describe-log-groups --region "$region" --output text \
    --query "logGroups[?contains(logGroupName, '$TOOLS_PREFIX')].[kmsKeyId,logGroupName]"
  aws secretsmanager list-secrets --region "$region" --output text \
    --filters "Key=name,Values=$TOOLS_PREFIX-" --query 'SecretList[].[KmsKeyId,Name]'
  cluster=$(tools_name DatabaseCluster)
  aws rds describe-db-cluster-snapshots --region "$region" --output text \
    --db-cluster-identifier "$cluster" --query 'DBClusterSnapshots[].[KmsKeyId,DBClusterSnapshotIdentifier]'
)
remove_key_name() ( # ARN: removes the tag Name from a key that is not in use
  tools_begin 1 "$@"
  tools_own_key "$1"
  aws kms untag-resource --region "$region" --key-id "$1" --tag-keys Name
)
tools_found_by() { # TYPE Tag|Name TEXT: the identifier of the only resource with this tag Name, or this name
  local kind found
  case $1:$2 in
    (AWS::SecretsManager::Secret:Name)
      value aws secretsmanager describe-secret --region "$region" --secret-id "$3" --query ARN --output text
      return ;;
    (AWS::KMS::Key:Tag) kind=kms:key ;;
    (AWS::SQS::Queue:Tag) kind=sqs ;;
    (*) echo "Cannot find $1 by $2" >&2; return 1 ;;
  esac
  found=$(value aws resourcegroupstaggingapi get-resources --region "$region" --resource-type-filters "$kind" \
    --tag-filters "Key=Name,Values=$3" --query 'ResourceTagMappingList[].ResourceARN' --output text) || return
  case $found in
    (*[[:space:]]*) echo "More than one has the tag Name $3: $found" >&2; return 1 ;;
  esac
  case $kind in
    (kms:key) echo "${found##*/}" ;;
    (sqs) value aws sqs get-queue-url --region "$region" --queue-name "${found##*:}" --query QueueUrl --output text ;;
  esac
}
prepare_import() ( # STEP: creates and shows the change set of an import: a stack, or database-after-restore
  tools_begin 1 "$@"
  tools_stack "${1%%-*}"
  account=$(tools_account)
  file=$TOOLS_OUT/recovery/$TOOLS_ENVIRONMENT/$1.json
  parameters=$(jq -ec .Parameters "$file")
  resources=$(jq -ec --arg account "$account" '.ResourcesToImport | walk(if type == "string" then
    gsub("\\$\\{AWS::AccountId\\}"; $account) else . end)' "$file")
  found=$(aws cloudformation describe-stacks --region "$region" \
    --query "Stacks[?StackName=='$name'].StackStatus" --output text)
  if [ -z "$found" ]; then rm -f "secrets-$stack.txt"; fi # of an earlier recovery
  touch "secrets-$stack.txt"
  lookups=$(jq -er '[.[] | . as $one | .ResourceIdentifier | to_entries[] | select(.value | type == "object")
    | [$one.LogicalResourceId, $one.ResourceType, .key, (.value | to_entries[0] | .key, .value)] | join(" ")]
    | join("\n")' <<< "$resources")
  while read -r resource type key by text; do
    [ -n "$resource" ] || continue
    found=$(tools_found_by "$type" "$by" "$text")
    resources=$(jq -ec --arg resource "$resource" --arg key "$key" --arg found "$found" 'map(if .LogicalResourceId == $resource
      then .ResourceIdentifier[$key] = $found else . end)' <<< "$resources")
    if [ "$type" = AWS::SecretsManager::Secret ] && ! grep -qF "$found " "secrets-$stack.txt"; then
      version=$(tools_current_version "$region" "$found")
      echo "$found $version" >> "secrets-$stack.txt"
    fi
  done <<< "$lookups"
  tags=$(tools_tags keys)
  # shellcheck disable=SC2086 # a tag is one word
  aws cloudformation create-change-set --region "$region" --stack-name "$name" \
    --change-set-name import --change-set-type IMPORT --template-body "file://$TOOLS_OUT/recovery/$1.yaml" \
    --parameters "$parameters" --resources-to-import "$resources" \
    --tags $tags --capabilities CAPABILITY_NAMED_IAM > /dev/null
  aws cloudformation wait change-set-create-complete --region "$region" --stack-name "$name" --change-set-name import
  changes=$(value aws cloudformation describe-change-set --region "$region" --stack-name "$name" \
    --change-set-name import --output json --query 'Changes[].ResourceChange')
  jq -r '.[] | [.Action, .LogicalResourceId, .PhysicalResourceId] | join(" ")' <<< "$changes"
  jq -er --argjson listed "$(jq length <<< "$resources")" '(map(select(.Action == "Import")) | length) as $imports
    | if $imports == length and length == $listed then "\($imports) of \(length) are Import"
    else error("\($imports) of \(length) are Import, of \($listed) listed resources. Do not run it.") end' <<< "$changes"
)
run_import() ( # STACK: executes the import that you have reviewed
  tools_begin 1 "$@"
  tools_stack "$1"
  status=$(tools_status)
  aws cloudformation execute-change-set --region "$region" --stack-name "$name" --change-set-name import
  tools_leave "$status" "$name"
  aws cloudformation wait stack-import-complete --region "$region" --stack-name "$name"
  same_secrets "$1"
)
drop_import() ( # STACK: shows why an import failed, and deletes its change set
  tools_begin 1 "$@"
  tools_stack "$1"
  changes=$(value aws cloudformation describe-change-set --region "$region" --change-set-name import \
    --stack-name "$name" --query ChangeSetId --output text)
  aws cloudformation describe-change-set --region "$region" --change-set-name "$changes" \
    --query '[Status,StatusReason]' --output text
  tools_failed_events "$region" --change-set-name "$changes"
  aws cloudformation delete-change-set --region "$region" --change-set-name "$changes"
)
same_secrets() ( # STACK: fails if a password or key has changed since the import was prepared
  tools_begin 1 "$@"
  tools_stack "$1"
  test -f "secrets-$stack.txt" || tools_stop "This folder has no secrets-$stack.txt, which prepare_import writes." \
    "Run the commands of a recovery in one folder. A finished end_recovery deletes the file."
  while read -r secret before; do
    now=$(tools_current_version "$region" "$secret")
    same=$(for version in "$before" "$now"; do
      value aws secretsmanager get-secret-value --region "$region" --secret-id "$secret" --version-id "$version" \
        --query SecretString --output text || exit
    done | jq -s 'map({username, password, apiKey}) | .[0] == .[1]')
    [ "$same" = true ] || tools_stop "$secret: the value was version $before and is now $now"
  done < "secrets-$stack.txt"
  if [ -s "secrets-$stack.txt" ]; then echo "no secret has changed"; else echo "the stack has no secrets"; fi
)
old_secret_version() ( # STACK SECRET BEFORE NOW: makes the version BEFORE of a secret the current one again
  tools_begin 4 "$@"
  tools_own "$2"
  tools_stack "$1"
  aws secretsmanager update-secret-version-stage --region "$region" --secret-id "$2" \
    --version-stage AWSCURRENT --move-to-version-id "$3" --remove-from-version-id "$4"
)
tools_owned() { # whether the cluster belongs to the stack: 0 or 1
  value aws cloudformation list-stack-resources --region "$region" --stack-name "$name" \
    --output json --query "length(StackResourceSummaries[?LogicalResourceId=='DatabaseCluster'])"
}
deploy_before_restore() ( # creates the groups that the restore of the database needs, after its import
  tools_begin 0 "$@"
  tools_database
  owned=$(tools_owned)
  [ "$owned" = 0 ] || tools_stop "The cluster belongs to the stack: skip this deploy."
  tools_require IMPORT_COMPLETE UPDATE_COMPLETE UPDATE_ROLLBACK_COMPLETE
  role=$(tools_service_role)
  tags=$(tools_tags plain)
  # shellcheck disable=SC2086 # a tag is one word
  aws cloudformation deploy --region "$region" --stack-name "$name" \
    --template-file "$TOOLS_OUT/recovery/$stack-before-restore.yaml" --role-arn "$role" \
    --parameter-overrides "file://$TOOLS_OUT/parameters/$TOOLS_ENVIRONMENT/$stack.json" \
    --tags $tags --capabilities CAPABILITY_NAMED_IAM
)
prepare_check() ( # waits for the restored original cluster, and gives it settings and one instance, to check the data
  tools_begin 0 "$@"
  tools_database
  tools_wait_cluster "$cluster"
  complete_cluster
  class=$(tools_parameter DatabaseCluster DatabaseInstanceClass)
  tags=$(tools_tags keys)
  members=$(tools_members "$cluster")
  if [ "$(jq length <<< "$members")" = 0 ]; then
    # shellcheck disable=SC2086 # a tag is one word
    aws rds create-db-instance --region "$region" \
      --db-cluster-identifier "$cluster" --db-instance-identifier "$TOOLS_PREFIX-restored" \
      --db-instance-class "$class" --engine aurora-mysql --promotion-tier 15 \
      --no-auto-minor-version-upgrade --no-publicly-accessible --tags $tags > /dev/null
  fi
  aws rds wait db-instance-available --region "$region" --db-instance-identifier "$TOOLS_PREFIX-restored"
)
delete_wrong_restore() ( # CLUSTER: deletes a restored cluster that does not belong to the stack, without a snapshot
  tools_begin 1 "$@"
  tools_database
  tools_typed "$1" "$cluster"
  owned=$(tools_owned)
  [ "$owned" = 0 ] || tools_stop "The cluster belongs to the stack. Do not delete it."
  members=$(tools_members "$cluster")
  instances=$(jq -r 'if all(.[]; endswith("-restored")) then .[] else error("another instance: \(.)") end' <<< "$members")
  born=$(value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" \
    --query 'DBClusters[0].ClusterCreateTime' --output text)
  since=$(value aws cloudformation describe-stacks --region "$region" --stack-name "$name" \
    --query 'Stacks[0].CreationTime' --output text)
  if [[ ! ${born:0:19} > ${since:0:19} ]]; then # a restore follows the import that creates the stack
    tools_stop "$cluster was created at $born, not after the stack ($since): it is not a restore, and may be the only data. Nothing was changed."
  fi
  tools_say "Deletes $cluster."
  for instance in $instances; do
    aws rds delete-db-instance --region "$region" --db-instance-identifier "$instance" --skip-final-snapshot > /dev/null
  done
  for instance in $instances; do
    aws rds wait db-instance-deleted --region "$region" --db-instance-identifier "$instance"
  done
  aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$cluster" --no-deletion-protection > /dev/null
  aws rds delete-db-cluster --region "$region" --skip-final-snapshot --db-cluster-identifier "$cluster" > /dev/null
  aws rds wait db-cluster-deleted --region "$region" --db-cluster-identifier "$cluster"
)
tools_writer() {
  value aws rds describe-db-clusters --region "$region" --db-cluster-identifier "$cluster" --output text \
    --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier'
}
end_check() ( # fails over to the first instance of the stack, and deletes the instance of prepare_check
  tools_begin 0 "$@"
  tools_database
  first=$(tools_id DatabaseInstance1)
  writer=$(tools_writer)
  if [ "$writer" != "$first" ]; then
    tools_say "Fails over to $first. This notifies the critical topic."
    aws rds failover-db-cluster --region "$region" --db-cluster-identifier "$cluster" --target-db-instance-identifier "$first" > /dev/null
  fi
  while [ "$writer" != "$first" ]; do
    sleep 10
    writer=$(tools_writer)
  done
  tools_say "Deletes $TOOLS_PREFIX-restored."
  aws rds delete-db-instance --region "$region" --db-instance-identifier "$TOOLS_PREFIX-restored" > /dev/null
)
end_recovery() ( # STACK: protects a recovered stack, and compares it: an empty list and no changed secret
  tools_begin 1 "$@"
  protect "$1"
  set +e # a resource that cannot be read says nothing about the secrets
  drift "$1"
  compared=$?
  set -e
  same_secrets "$1"
  rm "secrets-$1.txt"
  exit "$compared"
)
continue_rollback() ( # STACK [LOGICAL_ID...]: continues a failed rollback; skips only the resources that you name
  tools_begin 1 "$@"
  tools_stack "$1"
  tools_require UPDATE_ROLLBACK_FAILED
  shift
  tools_say "Continues the rollback of $name, skipping: ${*:-nothing}"
  aws cloudformation continue-update-rollback --region "$region" --stack-name "$name" ${1:+--resources-to-skip "$@"}
  tools_leave UPDATE_ROLLBACK_FAILED "$name"
  aws cloudformation wait stack-rollback-complete --region "$region" --stack-name "$name"
)
finish_database_deletion() ( # CLUSTER: snapshot, then deletes the rest of a database stack in DELETE_FAILED
  tools_begin 1 "$@"
  tools_database
  tools_typed "$1" "$cluster"
  tools_require DELETE_FAILED
  take_snapshot before-delete
  tools_say "Deletes $name and $cluster."
  aws rds modify-db-cluster --region "$region" --apply-immediately --db-cluster-identifier "$cluster" --no-deletion-protection > /dev/null
  aws cloudformation delete-stack --region "$region" --stack-name "$name"
  tools_leave DELETE_FAILED "$name"
  aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$name"
)
finish_deletion() ( # STACK [LOGICAL_ID...]: deletes a stack in DELETE_FAILED again; retains only the resources that you name
  tools_begin 1 "$@"
  tools_stack "$1"
  tools_require DELETE_FAILED
  shift
  tools_say "Deletes $name, retaining: ${*:-nothing}"
  aws cloudformation delete-stack --region "$region" --stack-name "$name" ${1:+--retain-resources "$@"}
  tools_leave DELETE_FAILED "$name"
  aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$name"
)

tools_start "$@"
