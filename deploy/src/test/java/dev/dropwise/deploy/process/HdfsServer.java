package dev.dropwise.deploy.process;

import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A name node and a data node, in a JVM of their own: a test's JVM should be left alone by their threads, metrics and statics. */
final class HdfsServer {
    private static final int LIFETIME_MINUTES = 30;

    private HdfsServer() {}

    /** Serves from the directory that is the only argument, and says where. */
    public static void main(String[] arguments) throws Exception {
        Configuration hadoop = new Configuration();
        hadoop.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, arguments[0]);
        try (MiniDFSCluster cluster =
                new MiniDFSCluster.Builder(hadoop).numDataNodes(1).build()) {
            cluster.waitActive();
            System.out.println("serving " + cluster.getURI());
            TimeUnit.MINUTES.sleep(LIFETIME_MINUTES);
        }
    }
}
