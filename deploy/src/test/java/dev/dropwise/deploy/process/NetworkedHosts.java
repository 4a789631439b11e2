package dev.dropwise.deploy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Several hosts on one machine: each has a network stack of its own, joined to the others' by a veth pair and a switch, and a
 * /dev/shm of its own (Linux namespaces; needs root). Hosts and their network are held by processes alone, so they are gone
 * as soon as those are, however a test ends.
 */
public final class NetworkedHosts implements AutoCloseable {
    /** For JVMs that do little: what they would compile thoroughly takes longer than it saves, with many of them on few cores. */
    public static final String COMPILE_LIGHTLY = "-XX:TieredStopAtLevel=1";

    private static final String ADDRESS_PREFIX = "10.77.0.";
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final Duration COMMAND_DEADLINE = Duration.ofSeconds(20);

    private final Deque<DropwiseProcess> started = new ArrayDeque<>();
    private final DropwiseProcess hub;
    private final List<DropwiseProcess> hosts = new ArrayList<>();

    private NetworkedHosts() {
        hub = hold("ip link add br0 type bridge && ip link set br0 up");
    }

    /** Why this machine cannot have such hosts; empty if it can. */
    public static Optional<String> missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("network namespaces need root, and this is " + System.getProperty("user.name"));
        }
        Optional<String> absent = Stream.of("ip", "nft", "unshare", "nsenter")
                .filter(tool -> Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                        .noneMatch(directory -> Files.isExecutable(Path.of(directory, tool))))
                .findFirst()
                .map(tool -> "there is no '" + tool + "' here (Debian: apt-get install iproute2 nftables util-linux)");
        return absent.or(NetworkedHosts::forbidden);
    }

    /** Root of a container may not do everything. */
    private static Optional<String> forbidden() {
        Outcome tried = isolated(
                        "mount -t tmpfs tmpfs /dev/shm && ip link add br0 type bridge && nft add table ip faults")
                .within(COMMAND_DEADLINE)
                .run();
        return tried.exitStatus() == 0 ? Optional.empty() : Optional.of("this machine forbids it: " + tried.err());
    }

    /** Starts {@code count} hosts whose network carries packets of {@code mtu} bytes; close them when done. */
    public static NetworkedHosts start(int count, int mtu) {
        NetworkedHosts all = new NetworkedHosts();
        try {
            for (int host = 0; host < count; host++) {
                all.add(host);
            }
            all.carry(mtu);
            return all;
        } catch (AssertionError e) {
            all.close();
            throw e;
        }
    }

    /** Lets the network carry packets of {@code mtu} bytes from now on. */
    public void carry(int mtu) {
        for (int host = 0; host < hosts.size(); host++) {
            on(hub, "ip link set port" + host + " mtu " + mtu);
            on(hosts.get(host), "ip link set eth0 mtu " + mtu);
        }
        on(hub, "ip link set br0 mtu " + mtu);
    }

    private void add(int host) {
        DropwiseProcess holder = hold("mount -t tmpfs -o size=1g tmpfs /dev/shm && ip link set lo up");
        hosts.add(holder);
        String port = "port" + host;
        long pid = holder.pid();
        on(hub, "ip link add " + port + " type veth peer name eth0 netns " + pid);
        on(hub, "ip link set " + port + " master br0 up");
        on(holder, "ip address add " + address(host) + "/24 dev eth0");
        on(holder, "ip link set eth0 up");
    }

    /** A process in namespaces of its own that prepares them, says so, and stays. */
    private DropwiseProcess hold(String preparation) {
        DropwiseProcess holder = isolated(preparation + " && echo ready && exec sleep 3600")
                .within(DEADLINE)
                .start();
        started.push(holder);
        holder.awaitOut("ready");
        return holder;
    }

    /** A shell in namespaces of its own. */
    private static DropwiseProcess.Builder isolated(String script) {
        return DropwiseProcess.program("unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", script);
    }

    /** The address of {@code host}, counted from 0. */
    public String address(int host) {
        return ADDRESS_PREFIX + (host + 1);
    }

    /** Starts {@code command} on {@code host}; it ends with the hosts, if not before. */
    public DropwiseProcess start(int host, DropwiseProcess.Builder command) {
        DropwiseProcess process = command.behind(entering(hosts.get(host)))
                .environment("SPARK_LOCAL_IP", address(host))
                .start();
        started.push(process);
        return process;
    }

    /**
     * Starts a standalone master on the first host, and a worker of one core on each host named, as often as it is named.
     *
     * @param work for the executors' directories and logs
     * @return the master's URL
     */
    public String startSpark(Path work, int... workerHosts) {
        String url = start(0, daemon("master.Master", "--host", address(0), "--port", "0"))
                .awaitErr("Starting Spark master at (spark://\\S+)")
                .group(1);
        List<DropwiseProcess> workers = new ArrayList<>();
        for (int worker = 0; worker < workerHosts.length; worker++) {
            int host = workerHosts[worker];
            workers.add(start(
                    host,
                    daemon("worker.Worker", "--host", address(host), "--port", "0")
                            .with("--cores", "1", "--memory", "2g")
                            .with("--work-dir", work.resolve("worker-" + worker).toString(), url)));
        }
        workers.forEach(worker -> worker.awaitErr("Successfully registered with master"));
        return url;
    }

    private static DropwiseProcess.Builder daemon(String name, String... options) {
        Path spark = Checkout.sparkHome();
        return DropwiseProcess.program(spark.resolve("bin/spark-class").toString())
                .with("org.apache.spark.deploy." + name)
                .with(options)
                .with("--webui-port", "0")
                .environment("SPARK_HOME", spark.toString())
                .environment(
                        "SPARK_DAEMON_JAVA_OPTS",
                        COMPILE_LIGHTLY + " -Dlog4j2.configurationFile=log4j2-daemon.properties")
                .within(DEADLINE);
    }

    /** Loses a fraction of all UDP packets that arrive at any host, at random. */
    public void loseUdp(int perMille) {
        for (DropwiseProcess host : hosts) {
            filter(host, "ip protocol udp numgen random mod 1000 < " + perMille + " counter drop");
        }
    }

    /** Lets no UDP packet in to {@code host}. */
    public void refuseUdp(int host) {
        filter(hosts.get(host), "ip protocol udp iif eth0 counter drop");
    }

    /** Lets nothing more in to {@code host} from any other, nor out: every connection hangs. */
    public void cutOff(int host) {
        filter(hosts.get(host), "iif eth0 counter drop");
        on(hosts.get(host), "nft add chain ip faults output { type filter hook output priority 0; }");
        on(hosts.get(host), "nft add rule ip faults output oif eth0 counter drop");
    }

    /** Ends all faults, and forgets how many packets they have lost. */
    public void heal() {
        // Deleting what is not there would fail.
        hosts.forEach(host -> on(host, "nft flush ruleset"));
    }

    private void filter(DropwiseProcess host, String rule) {
        on(host, "nft add table ip faults");
        on(host, "nft add chain ip faults input { type filter hook input priority 0; }");
        on(host, "nft add rule ip faults input " + rule);
    }

    /** How many packets the faults have lost so far. */
    public long lostPackets() {
        return hosts.stream()
                .flatMap(host -> on(host, "nft list ruleset").stdout().stream())
                .filter(line -> line.contains("counter packets"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*counter packets (\\d+).*", "$1")))
                .sum();
    }

    /** Runs a command, whose words hold no spaces. */
    private Outcome on(DropwiseProcess holder, String command) {
        return DropwiseProcess.program(command.split(" "))
                .behind(entering(holder))
                .within(COMMAND_DEADLINE)
                .run()
                .orFail();
    }

    private static List<String> entering(DropwiseProcess holder) {
        return List.of("nsenter", "--target", Long.toString(holder.pid()), "--net", "--mount", "--");
    }

    /** The last lines of all executors' logs below {@code work}, for a failing test to show. */
    public static String logs(Path work) {
        try (Stream<Path> files = Files.walk(work)) {
            StringBuilder text = new StringBuilder();
            for (Path each :
                    files.filter(file -> file.endsWith("stderr")).sorted().toList()) {
                text.append("== ")
                        .append(each)
                        .append('\n')
                        .append(Files.readString(each))
                        .append('\n');
            }
            return text.toString();
        } catch (IOException e) {
            return "no logs: " + e;
        }
    }

    /** Ends everything that runs on the hosts, then the hosts. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }
}
