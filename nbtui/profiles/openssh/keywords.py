"""The keywords of ssh_config that are not for us, and those we ought to heed and cannot.

Source: ssh_config(5) of OpenSSH 10, with the names it still takes from older ones.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEEDED = _words(
    """
    addressfamily certificatefile challengeresponseauthentication
    clearallforwardings connecttimeout dsaauthentication dynamicforward gatewayports globalknownhostsfile
    hashknownhosts hostkeyalias hostname identitiesonly identityagent identityfile identityfile2
    ignoreunknown kbdinteractiveauthentication localforward passwordauthentication port
    preferredauthentications proxycommand proxyjump pubkeyauthentication remoteforward
    skeyauthentication stricthostkeychecking tag tisauthentication user userknownhostsfile
    """
)
"""What becomes part of a Target or a forward, or is needed to read on."""

MISSED = _words(
    """
    bindaddress bindinterface canonicalizehostname hostbasedauthentication knownhostscommand
    pkcs11provider proxyusefdpass refuseconnection revokedhostkeys
    """
)
"""What would change how or whether ssh connects, and nbtui does not do: it says so."""

IDLE = _words(
    """
    addkeystoagent afstokenpassing batchmode canonicaldomains canonicalizefallbacklocal
    canonicalizemaxdots canonicalizepermittedcnames casignaturealgorithms channeltimeout checkhostip
    cipher ciphers compression compressionlevel connectionattempts controlmaster controlpath
    controlpersist enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fallbacktorsh
    fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted
    globalknownhostsfile2 gssapiauthentication gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms
    gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns
    hostbasedacceptedalgorithms hostbasedkeytypes hostkeyalgorithms ipqos kbdinteractivedevices keepalive
    kerberosauthentication kerberostgtpassing kexalgorithms localcommand loglevel logverbose macs
    nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming permitlocalcommand
    permitremoteopen protocol pubkeyacceptedalgorithms pubkeyacceptedkeytypes rekeylimit remotecommand
    requesttty requiredrsasize rhostsauthentication rhostsrsaauthentication rsaauthentication
    securitykeyprovider sendenv serveralivecountmax serveraliveinterval sessiontype setenv
    smartcarddevice stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tcpkeepalive
    tunnel tunneldevice updatehostkeys usekeychain useprivilegedport useroaming userknownhostsfile2 usersh
    verifyhostkeydns versionaddendum visualhostkey warnweakcrypto xauthlocation
    """
)
"""What changes nothing for us, or is decided by nbtui itself."""


def nearest_keyword(word: str) -> str:
    """The keyword that was meant, it seems; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # 5 ms for a typing error

    return next(iter(get_close_matches(word, HEEDED | IDLE | MISSED, n=1)), "")
