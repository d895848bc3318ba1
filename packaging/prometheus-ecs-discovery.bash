# bash completion for prometheus-ecs-discovery
_prometheus_ecs_discovery() {
  local cur prev
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $prev in
    -config.write-to|--config.write-to|-state.path|--state.path|-web.config.file|--web.config.file)
      _filedir
      return
      ;;
    -log.level|--log.level)
      mapfile -t COMPREPLY < <(compgen -W "debug info warn error" -- "$cur")
      return
      ;;
    -log.format|--log.format)
      mapfile -t COMPREPLY < <(compgen -W "logfmt json" -- "$cur")
      return
      ;;
    -aws.call-timeout|--aws.call-timeout|-aws.connect-timeout|--aws.connect-timeout|-aws.endpoint-url|--aws.endpoint-url|-aws.external-id|--aws.external-id|-aws.profile|--aws.profile|-aws.rate-share|--aws.rate-share|-aws.region|--aws.region|-aws.role-session-name|--aws.role-session-name|-config.cluster|--config.cluster|-config.filter-label|--config.filter-label|-config.job-name-label|--config.job-name-label|-config.path-label|--config.path-label|-config.port-label|--config.port-label|-config.role-arn|--config.role-arn|-config.scheme-label|--config.scheme-label|-config.scrape-interval|--config.scrape-interval|-config.scrape-times|--config.scrape-times|-config.server-name-label|--config.server-name-label|-guard.max-drop-percent|--guard.max-drop-percent|-rediscover-within|--rediscover-within|-refresh-timeout|--refresh-timeout|-startup-grace|--startup-grace|-web.allowed-hosts|--web.allowed-hosts|-web.listen-address|--web.listen-address|-web.unhealthy-after|--web.unhealthy-after)
      return
      ;;
  esac
  local words="--all --aws.call-timeout --aws.connect-timeout --aws.endpoint-url --aws.external-id --aws.profile --aws.rate-share --aws.region --aws.role-session-name --config.cluster --config.dynamic-port-detection --config.filter-label --config.job-name-label --config.path-label --config.port-label --config.role-arn --config.scheme-label --config.scrape-interval --config.scrape-times --config.server-name-label --config.write-to --dry-run --guard.max-drop-percent --json --log.format --log.level --rediscover-within --refresh-timeout --skipped --startup-grace --state.path --version --web.allowed-hosts --web.config.file --web.enable-lifecycle --web.listen-address --web.unhealthy-after"
  if [ "$COMP_CWORD" -eq 1 ] && [[ $cur != -* ]]; then words="explain doctor healthcheck"; fi
  if [[ $cur == -[!-]* ]]; then words=${words//--/-}; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _prometheus_ecs_discovery prometheus-ecs-discovery
