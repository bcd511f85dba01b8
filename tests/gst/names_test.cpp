// Whose `av1enc` it is, in processes of their own with a registry of their own (libaom's wrapper claims it
// too).
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "element_fixture.h"

namespace tessera::test {
namespace {

namespace fs = std::filesystem;

class Names : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/tessera-names-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  /// Output of a GStreamer tool that runs with this test's registry.
  std::string run(const std::string& command, const std::string& environment = {}) const {
    const std::string line = "GST_REGISTRY=" + (directory_ / "registry.bin").string() + " " + environment +
                             " " + command + " 2>&1";
    FILE* pipe = popen(line.c_str(), "r");
    std::string text;
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, n);
    pclose(pipe);
    return text;
  }
  static bool ours(const std::string& inspection) {
    return inspection.find("libgsttessera.so") != std::string::npos;
  }

  fs::path directory_;
};

bool libaom_is_there() {
  GstPlugin* plugin = gst_registry_find_plugin(gst_registry_get(), "aom");
  if (plugin) gst_object_unref(plugin);
  return plugin != nullptr;
}

TEST_F(Names, ours_with_a_fresh_registry_and_a_cached_one) {
  ASSERT_TRUE(libaom_is_there())
      << "without libgstaom.so this proves nothing (package gstreamer1.0-plugins-bad)";
  EXPECT_TRUE(ours(run("gst-inspect-1.0 av1enc")));
  EXPECT_TRUE(ours(run("gst-inspect-1.0 av1enc")));
  EXPECT_TRUE(ours(run("gst-inspect-1.0 tesseraav1enc")));
  EXPECT_NE(run("gst-inspect-1.0 av1dec").find("libgstaom.so"), std::string::npos);
}

TEST_F(Names, ours_after_av1dec_was_made) {
  run("gst-inspect-1.0 av1enc");
  // The caps in the middle only Tessera's element gives.
  EXPECT_EQ(run("gst-launch-1.0 -q videotestsrc num-buffers=2 ! video/x-raw,width=64,height=64 ! av1enc "
                "cpu-used=10 ! "
                "av1dec ! fakesink av1enc name=second videotestsrc num-buffers=2 ! "
                "video/x-raw,format=I420_10LE,width=64,height=64 ! second. second. ! fakesink"),
            "");
}

TEST_F(Names, with_the_override_ours_in_every_order) {
  const std::string override_directory = getenv("TESSERA_OVERRIDE"), own_directory = getenv("GST_PLUGIN_PATH_1_0");
  // av1dec is made first, then av1enc, which only if it is Tessera's takes 10 bit.
  const std::string pipeline =
      "gst-launch-1.0 -q filesrc location=/dev/null ! av1parse ! av1dec ! fakesink async=false videotestsrc num-buffers=2 ! "
      "video/x-raw,format=I420_10LE,width=64,height=64 ! av1enc cpu-used=10 ! fakesink async=false";
  for (const std::string& path : {override_directory + ":" + own_directory, own_directory + ":" + override_directory})
    for (const char* more : {"", "GST_REGISTRY_REUSE_PLUGIN_SCANNER=no", "GST_REGISTRY_FORK=no"}) {
      fs::remove(directory_ / "registry.bin");
      const std::string environment = "GST_PLUGIN_PATH_1_0=" + path + " " + more;
      for (const char* cache : {"fresh", "cached"}) {
        EXPECT_EQ(run(pipeline, environment).find("rroneous"), std::string::npos) << more << " " << cache;
        EXPECT_TRUE(ours(run("gst-inspect-1.0 av1enc", environment))) << more << " " << cache;
        EXPECT_NE(run("gst-inspect-1.0 av1dec", environment).find(override_directory + "/libgstaom.so"), std::string::npos);
      }
    }
  // Without Tessera the name is not lost, with the override or after it.
  EXPECT_NE(run("gst-inspect-1.0 av1enc", "GST_PLUGIN_PATH_1_0=" + override_directory).find("libgstaom.so"), std::string::npos);
}

TEST_F(Names, switch_gives_the_name_away_but_not_the_alias) {
  const std::string off = "TESSERA_KEEP_AV1ENC=0";
  run("gst-inspect-1.0 av1enc", off);
  EXPECT_TRUE(ours(run("gst-inspect-1.0 tesseraav1enc", off)));
  EXPECT_FALSE(ours(run("gst-inspect-1.0 av1enc", off)));
  // And back: the switch is among the plugin's dependencies, so the registry notices.
  EXPECT_TRUE(ours(run("gst-inspect-1.0 av1enc")));
}

TEST_F(Names, ranks_and_types) {
  const ElementPtr element(
      static_cast<GstElement*>(gst_object_ref_sink(gst_element_factory_make(kElement, nullptr))));
  ASSERT_TRUE(element);
  EXPECT_EQ(gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(gst_element_get_factory(element.get()))),
            guint(GST_RANK_PRIMARY) + 1);
  EXPECT_STREQ(G_OBJECT_TYPE_NAME(element.get()), "TesseraAv1EncAlias");
  EXPECT_STREQ(g_type_name(g_type_parent(G_OBJECT_TYPE(element.get()))), "TesseraAv1Enc");
}

TEST_F(Names, rank_decides_which_of_our_names_is_picked) {
  const std::string command = "gst-launch-1.0 -v videotestsrc num-buffers=2 ! video/x-raw,width=64,height=64 ! "
                              "encodebin profile=video/webm:video/x-av1 ! fakesink";
  EXPECT_NE(run(command).find("/TesseraAv1EncAlias:"), std::string::npos);
  EXPECT_NE(run(command, "GST_PLUGIN_FEATURE_RANK=tesseraav1enc:NONE").find("/TesseraAv1Enc:"), std::string::npos);
}

/// Range and default of a number's property.
struct Range {
  gint64 minimum = 0, maximum = 0, initial = 0;
};

Range range_of(GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_INT(spec)) return {G_PARAM_SPEC_INT(spec)->minimum, G_PARAM_SPEC_INT(spec)->maximum, G_PARAM_SPEC_INT(spec)->default_value};
  return {G_PARAM_SPEC_UINT(spec)->minimum, G_PARAM_SPEC_UINT(spec)->maximum, G_PARAM_SPEC_UINT(spec)->default_value};
}

TEST_F(Names, whatever_can_be_set_on_the_libaom_wrapper_can_be_set_here) {
  GstPlugin* aom = gst_plugin_load_by_name("aom");
  ASSERT_NE(aom, nullptr) << "without libgstaom.so this proves nothing (package gstreamer1.0-plugins-bad)";
  const GType type = g_type_from_name("GstAV1Enc");
  ASSERT_NE(type, G_TYPE_INVALID);
  gpointer theirs = g_type_class_ref(type);
  Harness harness("");
  guint count = 0, compared = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_CLASS(theirs), &count);
  for (guint i = 0; i < count; i++) {
    GParamSpec* spec = specs[i];
    if (spec->owner_type != type) continue;
    compared++;
    GParamSpec* ours = g_object_class_find_property(G_OBJECT_GET_CLASS(harness.element()), spec->name);
    ASSERT_NE(ours, nullptr) << spec->name;
    // g_object_set() with its type of number, and bindings that carry a GValue of it.
    EXPECT_TRUE(g_value_type_transformable(spec->value_type, ours->value_type)) << spec->name;
    if (G_IS_PARAM_SPEC_ENUM(spec)) {
      const GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
      for (guint k = 0; k < values->n_values; k++) {
        GEnumValue* same = g_enum_get_value_by_nick(G_PARAM_SPEC_ENUM(ours)->enum_class, values->values[k].value_nick);
        ASSERT_NE(same, nullptr) << spec->name << "=" << values->values[k].value_nick;
        EXPECT_EQ(same->value, values->values[k].value) << spec->name << "=" << values->values[k].value_nick;
      }
    } else if (!G_IS_PARAM_SPEC_BOOLEAN(spec)) {
      const Range a = range_of(spec), b = range_of(ours);
      EXPECT_LE(b.minimum, a.minimum) << spec->name;
      EXPECT_TRUE(b.minimum <= a.initial && a.initial <= b.maximum) << spec->name;
    }
  }
  EXPECT_GE(compared, 25u);
  g_free(specs);
  g_type_class_unref(theirs);
  gst_object_unref(aom);
}

}  // namespace
}  // namespace tessera::test
