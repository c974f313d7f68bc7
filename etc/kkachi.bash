# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for kkachi(1): sub-commands, their options, and values that are known beforehand.

# What a sub-command takes, one word each; its list is that of "kkachi --help" (tests/etc.sh compares them).
_kkachi_options() {
	local common='-c --config --json --help --version'
	case $1 in
	import) echo "--dry-run --prune $common" ;;
	devices) echo "--district --state --format --no-bom --slow --by --changes --duplicates $common" ;;
	replace) echo "--yes $common" ;;
	questions) echo "--within --apart --months --days --below --observed --clients --load --district --top --sheet --format
		--language --no-bom -o --output $common" ;;
	crosscheck) echo "--day --district --all --format $common" ;;
	usage) echo "--from --to --per --by --show --source --top --bottom --district --phase --type --site --format -o --output --language
		report --month --mail --open-data close reopen closed --export --reason --first --last --reconcile --import --replace --no-bom $common" ;;
	graph) echo "--metric --source --from --to -o --output $common" ;;
	topology) echo "--diff --format --no-bom $common" ;;
	probe-map) echo "-o --output $common" ;;
	events) echo "--since --kind --device --open $common" ;;
	alert) echo "--dry-run --nagios --warning --critical $common" ;;
	*) echo "$common" ;;
	esac
}

_kkachi_commands='import devices show replace poll usage questions graph topology events probe-map alert crosscheck backup check-config'

# The values of an option; fails where there is no list of them.
_kkachi_values() {
	case $2 in
	--state) echo 'up degraded down unreachable unknown flapping missing maintenance disabled away' ;;
	--by) [ "$1" = devices ] && echo 'firmware model' || echo 'city district phase type site ap installed place' ;;
	--per) echo 'month day year' ;;
	--kind) echo 'evil_twin legacy_ssid deauth_flood' ;;
	--since) echo '-1h -1d -7d -30d' ;;
	--language) echo 'ko en' ;;
	--show) echo 'octets peaks density cost concentration hours' ;;
	--source) echo 'snmp controller probe radius' ;;
	--metric) echo 'traffic clients rtt' ;;
	--from | --to) [ "$1" = usage ] && date +%Y-%m || echo 'now -1h -6h -1d -7d -30d' ;;
	--format)
		case $1 in
		usage | questions) echo 'table csv json xlsx html' ;;
		devices | topology) echo 'table csv json' ;;
		*) return 1 ;;
		esac ;;
	*) return 1 ;;
	esac
}

_kkachi() {
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= values i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-c | --config) ((i++)) ;;
		-*) ;;
		*) command=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $previous in
	-c | --config | -o | --output | --import)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	esac
	if values=$(_kkachi_values "$command" "$previous"); then
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_kkachi_options "$command")" -- "$word")
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$_kkachi_commands" -- "$word")
	elif [[ $command == import || $command == backup ]]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif [[ $command == questions ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'near idle saturated phases wifi6 forecast uplinks' -- "$word")
	elif [[ $command == graph ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'city district:' -- "$word")
	fi
}

complete -F _kkachi kkachi
