"""The stories of test_failure_stories.py and of the table in docs/runbook.md: what goes wrong, and
how the log, an alert, the page and doctor tell of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import story_causes as do

STALE = ("EcsDiscoveryClusterStale", "EcsDiscoveryNoCompleteRefresh", "EcsDiscoveryClusterNeverRead")
INCOMPLETE = "refresh incomplete"


@dataclass(frozen=True)
class Story:
    """`says` is the cause: a regular expression that the log line, the page and the line of doctor all
    match. An empty `log` or `doctor` has nothing to tell, and must tell nothing wrong; where `page` is
    empty nobody answers, and a page that is "lost" was opened before."""

    name: str
    failure: str  # for the table, as is `cause`
    cause: str
    begin: do.Act
    end: do.Act
    says: str
    alert: str
    alert_says: str
    log: str = INCOMPLETE  # what the line begins with
    page: str = "bad"  # its colour
    doctor: str = ""  # the check that fails or warns
    doctor_says: str = ""  # what doctor says instead, where that is good in itself
    also: tuple[str, ...] = STALE  # alerts that may fire too, since they are true
    prepare: do.Act = do.nothing
    flags: tuple[str, ...] = ()
    quick: bool = False
    possible: Callable[[], bool] = lambda: True


def denied(
    name: str, permission: str, begin: do.Act, page: str = "bad", quick: bool = False, where: str = ""
) -> Story:
    return Story(
        name, f"`{permission}` is denied{where}", f"`grant {permission}`", begin, do.no_faults,
        says=rf"not authorized to perform: {permission}.*grant {permission}",
        alert="EcsDiscoveryAccessDenied", alert_says=permission,
        page=page, doctor=permission, quick=quick,
        also=(*STALE, "EcsDiscoveryContainersSkipped"),
    )


STORIES = (
    Story(
        "refused", "AWS refuses connections", "`Connection refused`, the URL",
        do.stop_aws, do.start_aws,
        says="Connection refused", doctor="identity",
        alert="EcsDiscoveryAwsUnreachable", alert_says="transport",
    ),
    Story(
        "name", "the host name of an endpoint is not known", "the host name",
        do.deployed(AWS_ENDPOINT_URL="http://ecs.nowhere.invalid:1234"), do.redeployed,
        says="ecs.nowhere.invalid", doctor="identity",
        alert="EcsDiscoveryAwsUnreachable", alert_says="transport|timeout",
    ),
    Story(
        "no-network", "packets to AWS are lost", "`no connection in time`, the URL",
        do.swallow_packets, do.pass_packets,
        says="no connection in time", doctor="identity",
        alert="EcsDiscoveryAwsUnreachable", alert_says="timeout",
        flags=("-aws.connect-timeout", "2s", "-refresh-timeout", "10s"),
    ),
    Story(
        "tls", "the certificate of an endpoint is not trusted", "`SSL certificate problem`, `AWS_CA_BUNDLE`",
        do.trust_strangers, do.redeployed,
        prepare=do.tls, says="SSL certificate problem.*AWS_CA_BUNDLE", doctor="identity",
        alert="EcsDiscoveryAwsUnreachable", alert_says="transport",
    ),
    Story(
        "throttled", "AWS throttles every call", "`ThrottlingException`, the action",
        do.faults("*:throttle"), do.no_faults,
        says="ThrottlingException|Throttling: Rate exceeded", doctor="identity",
        alert="EcsDiscoveryThrottled", alert_says="ecs:List", flags=("-refresh-timeout", "5s"),
    ),
    Story(
        "500", "AWS fails", "the code, such as `ServerException`",
        do.faults("*:500"), do.no_faults,
        says="ServerException|InternalFailure", doctor="identity",
        alert="EcsDiscoveryAwsErrors", alert_says="server",
    ),
    Story(
        "garbage", "something else than AWS answers", "a proxy answers instead of AWS",
        do.faults("*:html"), do.no_faults,
        says="a proxy", doctor="identity",
        alert="EcsDiscoveryAwsErrors", alert_says="malformed",
    ),
    Story(
        "wrong-region", "another region, without clusters", "the region",
        do.other_region, do.redeployed,
        says="eu-west-1", log="AWS lists no ECS clusters", page="warn", doctor="clusters",
        alert="EcsDiscoveryNoClusters", alert_says="region",
        also=("EcsDiscoveryTargetsHeldBack", "EcsDiscoveryTargetsLost"),
    ),
    Story(
        "empty", "an account without clusters", "the region",
        do.remove_clusters, do.start_tasks,
        says="us-east-1", log="AWS lists no ECS clusters", page="warn", doctor="clusters",
        alert="EcsDiscoveryNoClusters", alert_says="account",
        also=("EcsDiscoveryTargetsHeldBack", "EcsDiscoveryTargetsLost", *STALE),
    ),
    denied(
        "one-cluster", "ecs:ListTasks", do.faults("ListTasks@left:denied"), page="warn",
        where=" in one cluster",
    ),
    denied("list-clusters", "ecs:ListClusters", do.faults("ListClusters:denied"), page="warn", quick=True),
    denied("describe-tasks", "ecs:DescribeTasks", do.faults("DescribeTasks:denied")),
    denied(
        "definitions", "ecs:DescribeTaskDefinition",
        do.faults("DescribeTaskDefinition:denied", anew=True), page="warn",
    ),
    denied(
        "container-instances", "ecs:DescribeContainerInstances",
        do.faults("DescribeContainerInstances:denied", anew=True), page="warn",
    ),
    denied(
        "instances", "ec2:DescribeInstances",
        do.faults("DescribeInstances:denied", anew=True), page="warn",
    ),
    Story(
        "expired", "the credentials have expired", "`ExpiredTokenException`",
        do.faults("*:expired"), do.no_faults,
        says="ExpiredToken", doctor="identity",
        alert="EcsDiscoveryCredentialsFailing", alert_says="expired",
    ),
    Story(
        "invalid-key", "an access key that does not exist", "`UnrecognizedClientException`",
        do.deployed(AWS_ACCESS_KEY_ID="AKIANOBODYKNOWSTHIS0"), do.redeployed,
        says="security token included in the request is invalid", doctor="identity",
        alert="EcsDiscoveryCredentialsFailing", alert_says="credentials", quick=True,
    ),
    Story(
        "wrong-secret", "a wrong secret key", "`InvalidSignatureException`",
        do.deployed(AWS_SECRET_ACCESS_KEY="not-the-secret"), do.redeployed,
        says="Check your AWS Secret Access Key", doctor="identity",
        alert="EcsDiscoveryCredentialsFailing", alert_says="credentials",
    ),
    Story(
        "no-credentials", "no credentials at all", "`no AWS credentials`, the sources",
        do.deployed(**do.WITHOUT_KEYS), do.redeployed,
        says="no AWS credentials: none in the environment", doctor="credentials",
        alert="EcsDiscoveryCredentialsFailing", alert_says="credentials",
    ),
    Story(
        "credential-process", "credential_process fails", "`credential_process`, the command",
        do.break_command, do.mend_command,
        prepare=do.keys_of_a_command, says=r"credential_process.*keys\.sh",
        doctor="credentials", alert="EcsDiscoveryCredentialsFailing", alert_says="credentials",
    ),
    Story(
        "metadata", "the metadata service does not answer", "the metadata service, its URL",
        do.lose_metadata, do.redeployed,
        prepare=do.keys_of_an_instance, says="EC2 instance metadata at",
        doctor="credentials", alert="EcsDiscoveryCredentialsFailing", alert_says="credentials",
    ),
    Story(
        "clock", "the local clock is wrong", "seconds behind or ahead of AWS",
        do.set_clock("-20m"), do.set_clock("+0"),
        prepare=do.own_clock, says="(1200|1199|1201) s behind AWS", doctor="clock",
        alert="EcsDiscoveryClockWrong", alert_says="20m", possible=do.wall_clock.can_jump,
    ),
    Story(
        "disk-full", "the disk of the output file is full", "`No space left on device`, the path",
        do.fill_disk, do.empty_disk,
        prepare=do.small_disk, says="No space left on device",
        log="the output file could not be written", page="warn", doctor="output",
        alert="EcsDiscoveryFileNotWritten", alert_says="output file", also=(), possible=do.can_mount,
    ),
    Story(
        "no-directory", "the directory of the output file is gone", "the directory",
        do.remove_directory, do.restore_directory,
        says="/out does not exist", log="the output file could not be written", page="warn",
        doctor="output", alert="EcsDiscoveryFileNotWritten", alert_says="output file", also=(),
        quick=True,
    ),
    Story(
        "held-back", "another selection drops most targets", "the clusters outside the selection",
        do.select_one_cluster, do.redeployed,
        says="outside the selection|not in the selection",
        log="targets of clusters outside the selection are kept", page="warn",
        alert="EcsDiscoveryTargetsHeldBack", alert_says="selection", quick=True,
        also=("EcsDiscoveryTargetsLost",),
    ),
    Story(
        "lost", "most tasks have stopped", "how many were removed",
        do.stop_most_tasks, do.start_tasks,
        says=r"removed=18\b|18 of 24 targets were removed", log="refreshed", page="good",
        alert="EcsDiscoveryTargetsLost", alert_says="ended", also=(),
    ),
    Story(
        "state", "the state file is another program's file", "`--state.path`, the path",
        do.another_file_there, do.state_file_back,
        prepare=do.state_file, says="state.db.*no state file of this program",
        log="-state.path", page="", doctor="state",
        alert="EcsDiscoveryDown", alert_says="down", also=(),
    ),
    Story(
        "dead", "the program is dead", "nobody answers",
        do.kill, do.start,
        says="", log="", page="lost", doctor="listen-address", doctor_says="no program runs there",
        alert="EcsDiscoveryDown", alert_says="down", also=(), quick=True,
    ),
)


_COLOURS = {"good": "green", "warn": "amber", "bad": "red", "lost": "grey", "": "\u2013"}


def row(story: Story) -> str:
    """The row of the table in the runbook."""
    log = f"`{story.log}`" if story.log else "\u2013"
    doctor = f"`{story.doctor}`" if story.doctor else "ok"
    cells = (story.failure, story.cause, log, f"`{story.alert}`", _COLOURS[story.page], doctor)
    return f"| {' | '.join(cells)} |"
