#!/bin/sh
# completion.sh: the completion scripts in the shells that they are for: what is offered for a command line that was begun.
# Prints TAP; a shell that is not installed is skipped.
arazzo=$(cd "${BUILD:-build}" && pwd)/arazzo
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/folder"
ln -s "$arazzo" "$work/bin/arazzo"
cp specs/petstore/arazzo/petstore.arazzo.yml "$work/pets.arazzo.yml"
cp specs/petstore/arazzo/petstore.arazzo.yml "$work/my pets.yml"
PATH=$work/bin:$PATH HOME=$work
export PATH HOME
number=0 failed=0

check() { # SHELL LINE EXPECTED...: each of them is offered; one that begins with ! is not
    shell=$1 line=$2 wrong=
    shift 2
    offered=$("offer_$shell" "$line" 2>&1)
    for expected in "$@"; do
        case $expected in
        !*) printf '%s\n' "$offered" | grep -qxF -- "${expected#!}" && wrong="$wrong $expected" ;;
        *) printf '%s\n' "$offered" | grep -qxF -- "$expected" || wrong="$wrong $expected" ;;
        esac
    done
    number=$((number + 1))
    if [ -z "$wrong" ]; then
        echo "ok $number - $shell: $line"
    else
        echo "not ok $number - $shell: $line:$wrong"
        printf '%s\n' "$offered" | sed 's/^/#   /'
        failed=1
    fi
}

# Words are split as bash does: at blanks, and at `=` and `:`, which are words of their own.
offer_bash() {
    "$arazzo" completion bash >"$work/completion.bash"
    (cd "$work" && bash --norc --noprofile -c '
        source ./completion.bash
        read -ra given <<<"${1//=/ = }"
        [[ $1 == *" " ]] && given+=("")
        COMP_WORDS=("${given[@]}") COMP_CWORD=$((${#given[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1}
        _arazzo arazzo
        printf "%s\n" "${COMPREPLY[@]}"' bash "$1")
}

offer_fish() {
    "$arazzo" completion fish >"$work/completion.fish"
    (cd "$work" && fish --no-config -c 'source completion.fish; complete -C "$argv[1]"' "$1" | cut -f 1 | sed 's/\\ / /g')
}

# zsh completes only where somebody types: in a terminal of its own, where what is added to the list is printed.
offer_zsh() {
    "$arazzo" completion zsh >"$work/_arazzo"
    cat >"$work/rc" <<'END'
PROMPT=
fpath=($PWD $fpath)
autoload -U compinit && compinit -u -d $PWD/dump
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
begin() { print BEGIN }
finish() { print END; exit }
compprefuncs=(begin) comppostfuncs=(finish)
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- $hits
    builtin compadd "$@"
}
print READY
END
    cat >"$work/drive" <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'source ./rc'
zpty -r -m z all '*READY*'
zpty -w -n z "$1"$'\t'
zpty -r -m z all '*BEGIN*END*'
print -r -- $all
END
    (cd "$work" && timeout 20 zsh -f ./drive "$1" | tr -d '\r' | sed -e '1,/BEGIN$/d' -e '/^END/,$d')
}

for shell in bash zsh fish; do
    if ! command -v "$shell" >/dev/null 2>&1; then
        number=$((number + 1))
        echo "ok $number - $shell # SKIP it is not installed"
        continue
    fi
    check $shell 'arazzo ' run test validate completion help
    check $shell 'arazzo va' validate '!run'
    check $shell 'arazzo run --fo' --format --follow-redirects '!--mock'
    check $shell 'arazzo run --format ' text json
    check $shell 'arazzo validate --format s' sarif '!json'
    check $shell 'arazzo run p' pets.arazzo.yml
    check $shell 'arazzo run pets.arazzo.yml ' buy-a-pet order-a-pet
    check $shell 'arazzo run --mock --timeout 3 pets.arazzo.yml o' order-a-pet '!buy-a-pet'
    check $shell 'arazzo graph pets.arazzo.yml b' buy-a-pet
    check $shell 'arazzo completion ' bash zsh fish
    check $shell 'arazzo help va' validate
done
check bash 'arazzo run --format=j' json
check bash 'arazzo run --report ' html= junit=
check bash 'arazzo run --report html=p' pets.arazzo.yml
check bash 'arazzo run --source-dir ' folder '!pets.arazzo.yml'
check bash 'arazzo run --input ' '!pets.arazzo.yml'
check bash 'arazzo run none.yml ' '!buy-a-pet'
check bash 'arazzo run m' 'my pets.yml'
echo "1..$number"
exit $failed
