// Properties: the contract's table, round trips, changes while playing, contradictions.
#include <cstdlib>
#include <unistd.h>

#include <cstdio>
#include <map>

#include "element_fixture.h"

namespace tessera::test {
namespace {

std::string value_as_text(GstElement* element, GParamSpec* spec) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, spec->value_type);
  g_object_get_property(G_OBJECT(element), spec->name, &value);
  gchar* text = gst_value_serialize(&value);
  std::string result = text ? text : "";
  g_free(text);
  g_value_unset(&value);
  return result;
}

GParamSpec* spec_of(const Harness& harness, const char* name) {
  return g_object_class_find_property(G_OBJECT_GET_CLASS(harness.element()), name);
}

TEST(Properties, contract) {
  struct Row {
    const char *name, *initial;
    bool playing;
  };
  const Row rows[] = {{"cpu-used", "6", true},
                      {"end-usage", "auto", false},
                      {"target-bitrate", "0", true},
                      {"cq-level", "32", true},
                      {"min-quantizer", "0", true},
                      {"max-quantizer", "63", true},
                      {"usage-profile", "good-quality", false},
                      {"lag-in-frames", "-1", false},
                      {"keyframe-max-dist", "240", true},
                      {"keyframe-mode", "auto", false},
                      {"keyframe-max-interval", "0", true},
                      {"compute-psnr", "false", false},
                      {"temporal-layers", "1", false},
                      {"intra-refresh", "false", false},
                      {"threads", "0", false},
                      {"tile-columns", "-1", false},
                      {"tile-rows", "-1", false},
                      {"buf-sz", "6000", false},
                      {"buf-initial-sz", "4000", false},
                      {"buf-optimal-sz", "5000", false},
                      {"undershoot-pct", "25", false},
                      {"overshoot-pct", "25", false},
                      {"drop-frame", "0", false},
                      {"enc-pass", "one-pass", false},
                      {"multipass-cache-file", "", false},
                      {"row-mt", "true", false},
                      {"superres-mode", "none", false},
                      {"superres-denominator", "8", false},
                      {"superres-kf-denominator", "8", false},
                      {"superres-qthresh", "63", false},
                      {"superres-kf-qthresh", "63", false},
                      {"resize-mode", "none", false},
                      {"resize-denominator", "8", false},
                      {"resize-kf-denominator", "8", false}};
  Harness harness("");
  for (const Row& row : rows) {
    GParamSpec* spec = spec_of(harness, row.name);
    ASSERT_NE(spec, nullptr) << row.name;
    std::string value = value_as_text(harness.element(), spec);
    if (G_IS_PARAM_SPEC_ENUM(spec)) {
      GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
      gint number = 0;
      g_object_get(harness.element(), row.name, &number, nullptr);
      value = g_enum_get_value(values, number)->value_nick;
      EXPECT_EQ(std::string(g_type_name(spec->value_type)).rfind("Tessera", 0), 0u) << row.name;
    }
    EXPECT_EQ(value, row.initial) << row.name;
    EXPECT_EQ((spec->flags & GST_PARAM_MUTABLE_PLAYING) != 0, row.playing) << row.name;
    EXPECT_STRNE(g_param_spec_get_blurb(spec), "") << row.name;
  }
}

TEST(Properties, default_of_each_is_its_value_at_birth) {
  Harness harness("");
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(harness.element()), &count);
  for (guint i = 0; i < count; i++) {
    if (std::string(g_type_name(specs[i]->owner_type)).rfind("Tessera", 0) != 0) continue;
    if (!(specs[i]->flags & G_PARAM_WRITABLE)) continue;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, specs[i]->value_type);
    g_object_get_property(G_OBJECT(harness.element()), specs[i]->name, &value);
    EXPECT_TRUE(g_param_value_defaults(specs[i], &value)) << specs[i]->name;
    g_value_unset(&value);
  }
  g_free(specs);
}

TEST(Properties, what_is_set_is_read_back) {
  Harness harness("");
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(harness.element()), &count);
  const auto check = [&](GParamSpec* spec, auto setter) {
    GValue in = G_VALUE_INIT, out = G_VALUE_INIT;
    g_value_init(&in, spec->value_type);
    g_value_init(&out, spec->value_type);
    setter(&in);
    g_object_set_property(G_OBJECT(harness.element()), spec->name, &in);
    g_object_get_property(G_OBJECT(harness.element()), spec->name, &out);
    EXPECT_EQ(g_param_values_cmp(spec, &in, &out), 0) << spec->name;
    g_value_unset(&in);
    g_value_unset(&out);
  };
  for (guint i = 0; i < count; i++) {
    GParamSpec* spec = specs[i];
    if (std::string(g_type_name(spec->owner_type)).rfind("Tessera", 0) != 0) continue;
    if (!(spec->flags & G_PARAM_WRITABLE)) continue;
    if (G_IS_PARAM_SPEC_INT(spec)) {
      check(spec, [=](GValue* v) { g_value_set_int(v, G_PARAM_SPEC_INT(spec)->minimum); });
      check(spec, [=](GValue* v) { g_value_set_int(v, G_PARAM_SPEC_INT(spec)->maximum); });
    } else if (G_IS_PARAM_SPEC_UINT(spec)) {
      check(spec, [=](GValue* v) { g_value_set_uint(v, G_PARAM_SPEC_UINT(spec)->minimum); });
      check(spec, [=](GValue* v) { g_value_set_uint(v, G_PARAM_SPEC_UINT(spec)->maximum); });
    } else if (G_IS_PARAM_SPEC_BOOLEAN(spec)) {
      check(spec, [](GValue* v) { g_value_set_boolean(v, FALSE); });
      check(spec, [](GValue* v) { g_value_set_boolean(v, TRUE); });
    } else if (G_IS_PARAM_SPEC_ENUM(spec)) {
      const GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
      for (guint k = 0; k < values->n_values; k++)
        check(spec, [=](GValue* v) { g_value_set_enum(v, values->values[k].value); });
    } else {
      ASSERT_TRUE(G_IS_PARAM_SPEC_STRING(spec)) << spec->name;
      check(spec, [](GValue* v) { g_value_set_static_string(v, "/tmp/statistics"); });
      check(spec, [](GValue* v) { g_value_set_static_string(v, nullptr); });
    }
  }
  g_free(specs);
}

TEST(Properties, names_and_numbers_of_the_libaom_wrapper) {
  const std::map<std::string, std::map<std::string, int>> enums = {
      {"end-usage", {{"vbr", 0}, {"cbr", 1}, {"cq", 2}, {"q", 3}}},
      {"usage-profile", {{"good-quality", 0}, {"realtime", 1}, {"all-intra", 2}}},
      {"keyframe-mode", {{"disabled", 0}, {"auto", 1}}},
      {"enc-pass", {{"one-pass", 0}, {"first-pass", 1}, {"second-pass", 2}, {"third-pass", 3}}},
      {"resize-mode", {{"none", 0}, {"fixed", 1}, {"random", 2}}},
      {"superres-mode", {{"none", 0}, {"fixed", 1}, {"random", 2}, {"qthresh", 3}}}};
  Harness harness("");
  for (const auto& [name, values] : enums)
    for (const auto& [nick, number] : values) {
      harness.set(name, nick);
      gint value = -1;
      g_object_get(harness.element(), name.c_str(), &value, nullptr);
      EXPECT_EQ(value, number) << name << "=" << nick;
    }
}

TEST(Properties, buffer_defaults_follow_the_profile_until_set) {
  Harness harness("usage-profile=realtime buf-optimal-sz=700");
  guint size = 0, initial = 0, optimal = 0;
  g_object_get(harness.element(), "buf-sz", &size, "buf-initial-sz", &initial, "buf-optimal-sz", &optimal,
               nullptr);
  EXPECT_EQ(size, 1000u);
  EXPECT_EQ(initial, 600u);
  EXPECT_EQ(optimal, 700u);
}

TEST(Properties, contradictions_are_told) {
  const std::pair<const char*, size_t> cases[] = {
      {"cpu-used=10", 0},
      {"end-usage=vbr", 1},
      {"end-usage=q target-bitrate=500", 1},
      {"end-usage=vbr target-bitrate=500 cq-level=20", 1},
      {"end-usage=cq target-bitrate=500 cq-level=20", 0},
      // 64x64 at 30 frames/s: 1474 kbit/s uncompressed.
      {"target-bitrate=4000", 0},
      {"target-bitrate=500000", 1},
      {"cq-level=10 min-quantizer=20", 1},
      {"usage-profile=realtime lag-in-frames=10", 1},
      {"usage-profile=all-intra keyframe-max-dist=10", 1},
      {"usage-profile=realtime intra-refresh=true keyframe-max-dist=30", 0},
      {"usage-profile=realtime intra-refresh=true keyframe-max-interval=500", 1},
      {"usage-profile=realtime intra-refresh=true keyframe-max-dist=0", 1},
      {"drop-frame=30", 1},
      {"end-usage=cbr target-bitrate=500 drop-frame=30 usage-profile=realtime", 0},
      {"end-usage=cbr target-bitrate=500 drop-frame=30 lag-in-frames=0", 0},
      {"end-usage=cbr target-bitrate=500 drop-frame=30", 1},
      {"buf-sz=100", 1},
      {"superres-mode=fixed superres-denominator=16", 2},
      {"resize-mode=fixed", 1},
      {"row-mt=true", 0},
      {"row-mt=false", 1},
      {"enc-pass=first-pass multipass-cache-file=/tmp/tessera_contradictions target-bitrate=500", 0},
      {"enc-pass=second-pass multipass-cache-file=/tmp/tessera_contradictions end-usage=cbr target-bitrate=500", 1},
      {"enc-pass=third-pass multipass-cache-file=/tmp/tessera_contradictions target-bitrate=500", 1},
      {"multipass-cache-file=/tmp/statistics", 1},
  };
  for (const auto& [properties, warnings] : cases) {
    Harness harness(properties);
    harness.set_caps(raw_caps("I420", 64, 64));
    harness.push_frames(0, 1);
    harness.end_of_stream();
    EXPECT_EQ(harness.messages(GST_MESSAGE_WARNING).size(), warnings) << properties;
    EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty()) << properties;
    EXPECT_EQ(harness.pull().size(), 1u) << properties;
  }
}

TEST(Properties, second_pass_meets_the_target_that_the_first_explored) {
  const std::string file = std::string(g_get_tmp_dir()) + "/tessera_" + std::to_string(getpid()) + "_passes";
  const auto bits_of_pass = [&](const char* pass) {
    Harness harness("cpu-used=9 end-usage=vbr target-bitrate=25 multipass-cache-file=" + file + " enc-pass=" + pass);
    harness.set_caps(raw_caps("I420", 64, 64));
    harness.push_frames(0, 150);
    harness.end_of_stream();
    EXPECT_TRUE(harness.messages(GST_MESSAGE_WARNING).empty());
    EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty());
    gsize bytes = 0;
    for (const BufferPtr& buffer : harness.pull()) bytes += gst_buffer_get_size(buffer.get());
    return 8.0 * double(bytes);
  };
  EXPECT_GT(bits_of_pass("first-pass"), 0);
  const double wanted = 25e3 * 150 * double(kFrame) / GST_SECOND;
  EXPECT_NEAR(bits_of_pass("second-pass"), wanted, 0.06 * wanted);
  std::remove(file.c_str());
}

TEST(Properties, a_pass_without_its_file_is_an_error) {
  for (const char* properties : {"enc-pass=first-pass", "enc-pass=first-pass multipass-cache-file=/nowhere/statistics",
                                 "enc-pass=second-pass multipass-cache-file=/nowhere/statistics"}) {
    Harness harness(properties);
    harness.set_caps(raw_caps("I420", 64, 64));
    EXPECT_EQ(harness.push(0), GST_FLOW_NOT_NEGOTIATED);
    const auto errors = harness.messages(GST_MESSAGE_ERROR);
    ASSERT_FALSE(errors.empty());
    EXPECT_NE(errors[0].find("multipass-cache-file"), std::string::npos) << errors[0];
  }
}

TEST(Properties, target_bitrate_holds_and_changes_while_playing) {
  Harness harness("cpu-used=10 usage-profile=realtime end-usage=cbr target-bitrate=15 keyframe-mode=disabled");
  harness.set_caps(raw_caps("I420", 64, 64));
  harness.push_frames(0, 90);
  harness.set("target-bitrate", "45");
  harness.push_frames(90, 90);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 180u);
  const auto kbps = [&](size_t from, size_t to) {
    gsize bytes = 0;
    for (size_t i = from; i < to; i++) bytes += gst_buffer_get_size(buffers[i].get());
    return 8e-3 * double(bytes) / (double(to - from) * double(kFrame) / GST_SECOND);
  };
  for (size_t i = 1; i < buffers.size(); i++) EXPECT_FALSE(is_key(buffers[i])) << i;
  EXPECT_NEAR(kbps(30, 90), 15, 2.5);
  EXPECT_NEAR(kbps(135, 180), 45, 7);
}

TEST(Properties, target_bitrate_counts_in_time_whatever_the_frame_rate) {
  for (const char* mode : {"usage-profile=realtime end-usage=cbr", "end-usage=vbr"}) {
    Harness harness(std::string("cpu-used=10 keyframe-mode=disabled target-bitrate=15 ") + mode);
    // The caps know no frame rate; times say 30 a second, then 10.
    const std::string caps = "video/x-raw,format=I420,width=64,height=64,framerate=0/1";
    harness.set_caps(caps);
    GstClockTime time = 0;
    for (int i = 0; i < 240; i++) {
      BufferPtr picture = make_picture(caps, i);
      GST_BUFFER_PTS(picture.get()) = time;
      GST_BUFFER_DURATION(picture.get()) = GST_CLOCK_TIME_NONE;
      time += i < 90 ? kFrame : 3 * kFrame;
      ASSERT_EQ(gst_harness_push(harness.get(), picture.release()), GST_FLOW_OK);
    }
    harness.end_of_stream();
    gsize slow = 0, all = 0;
    for (const BufferPtr& buffer : harness.pull()) {
      all += gst_buffer_get_size(buffer.get());
      if (GST_BUFFER_PTS(buffer.get()) >= 90 * kFrame) slow += gst_buffer_get_size(buffer.get());
    }
    EXPECT_NEAR(8e6 * double(all) / double(time), 15, 1) << mode;
    EXPECT_NEAR(8e6 * double(slow) / double(time - 90 * kFrame), 15, 3) << mode;
  }
}

TEST(Properties, largest_numbers_are_taken) {
  Harness harness("cpu-used=10 threads=4294967295 keyframe-max-dist=2147483647 undershoot-pct=1000");
  harness.set_caps(raw_caps("I420", 64, 64));
  harness.push_frames(0, 2);
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 2u);
  EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty());
}

TEST(Properties, impossible_ones_are_an_error_that_names_the_field) {
  Harness harness("min-quantizer=50 max-quantizer=40");
  harness.set_caps(raw_caps("I420", 64, 64));
  EXPECT_EQ(harness.push(0), GST_FLOW_NOT_NEGOTIATED);
  const auto errors = harness.messages(GST_MESSAGE_ERROR);
  ASSERT_FALSE(errors.empty());
  EXPECT_NE(errors[0].find("quantizer"), std::string::npos) << errors[0];
}

TEST(Properties, changes_while_playing_need_no_key_frame) {
  Harness harness("cpu-used=10 lag-in-frames=0 cq-level=60 keyframe-mode=disabled");
  harness.set_caps(raw_caps("I420", 64, 64));
  harness.push_frames(0, 5);
  harness.set("cq-level", "10");
  harness.set("cpu-used", "8");
  harness.set("min-quantizer", "2");
  harness.set("max-quantizer", "60");
  harness.push_frames(5, 5);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 10u);
  for (size_t i = 0; i < buffers.size(); i++) EXPECT_EQ(is_key(buffers[i]), i == 0) << i;
  EXPECT_TRUE(harness.messages(GST_MESSAGE_WARNING).empty());
  // Better quality costs bits, from the very next frame on.
  EXPECT_GT(gst_buffer_get_size(buffers[5].get()), 2 * gst_buffer_get_size(buffers[4].get()));
}

TEST(Properties, key_frame_distance_changes_while_playing) {
  Harness harness("cpu-used=10 lag-in-frames=0 keyframe-mode=disabled keyframe-max-dist=0");
  harness.set_caps(raw_caps("I420", 64, 64));
  harness.push_frames(0, 10);
  harness.set("keyframe-max-dist", "3");
  harness.push_frames(10, 10);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 20u);
  int keys = 0;
  for (const BufferPtr& buffer : buffers) keys += is_key(buffer);
  EXPECT_GE(keys, 4);
  EXPECT_LE(keys, 5);
}

TEST(Properties, impossible_change_while_playing_is_a_warning) {
  Harness harness("cpu-used=10 lag-in-frames=0");
  harness.set_caps(raw_caps("I420", 64, 64));
  harness.push_frames(0, 2);
  harness.set("max-quantizer", "10");
  harness.set("min-quantizer", "20");
  harness.push_frames(2, 2);
  EXPECT_FALSE(harness.messages(GST_MESSAGE_WARNING).empty());
  harness.set("max-quantizer", "30");
  harness.push_frames(4, 2);
  EXPECT_TRUE(harness.messages(GST_MESSAGE_WARNING).empty());
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 6u);
}

TEST(Properties, a_target_given_while_playing_starts_rate_control_and_loses_nothing) {
  Harness harness("cpu-used=10 lag-in-frames=6");
  harness.set_caps(raw_caps("I420", 64, 64));
  harness.push_frames(0, 10);
  harness.set("target-bitrate", "200");
  harness.push_frames(10, 10);
  harness.set("target-bitrate", "300");
  harness.push_frames(20, 10);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 30u);
  for (size_t i = 0; i < buffers.size(); i++)
    EXPECT_EQ(GST_BUFFER_PTS(buffers[i].get()), GstClockTime(i) * kFrame);
  // Another rate control begins at 10; from 200 to 300 kbit/s is no reason to begin again.
  for (size_t i = 0; i < buffers.size(); i++) EXPECT_EQ(is_key(buffers[i]), i == 0 || i == 10) << i;
  EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty());
}

TEST(Properties, presets_load_and_encode) {
  for (const char* name : {"av1enc", "tesseraav1enc"})
    for (const char* preset : {"live", "recording", "archive", "screen"}) {
      const ElementPtr element(static_cast<GstElement*>(gst_object_ref_sink(gst_element_factory_make(name, nullptr))));
      gchar** names = gst_preset_get_preset_names(GST_PRESET(element.get()));
      EXPECT_TRUE(g_strv_contains(names, preset)) << preset;
      g_strfreev(names);
      gchar* comment = nullptr;
      EXPECT_TRUE(gst_preset_get_meta(GST_PRESET(element.get()), preset, "comment", &comment));
      g_free(comment);
    }
  const std::map<std::string, int> profiles = {{"live", 1}, {"recording", 1}, {"archive", 0}, {"screen", 1}};
  for (const auto& [preset, profile] : profiles) {
    Harness harness("cpu-used=0 lag-in-frames=30 keyframe-max-dist=7");
    ASSERT_TRUE(gst_preset_load_preset(GST_PRESET(harness.element()), preset.c_str())) << preset;
    gint usage_profile = -1, distance = -1;
    g_object_get(harness.element(), "usage-profile", &usage_profile, "keyframe-max-dist", &distance, nullptr);
    EXPECT_EQ(usage_profile, profile) << preset;
    EXPECT_EQ(distance, 0) << preset;
    harness.set_caps(raw_caps("I420", 64, 64));
    harness.push_frames(0, 3);
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), 3u);
    for (const std::string& warning : harness.messages(GST_MESSAGE_WARNING)) ADD_FAILURE() << preset << ": " << warning;
  }
}

/// A number of the property's range, its ends more often than others.
void set_at_random(GObject* object, GParamSpec* spec, GRand* random) {
  const guint32 dice = g_rand_int(random);
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    const GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
    g_object_set(object, spec->name, values->values[dice % values->n_values].value, nullptr);
  } else if (G_IS_PARAM_SPEC_INT(spec)) {
    const GParamSpecInt* range = G_PARAM_SPEC_INT(spec);
    const gint64 width = gint64(range->maximum) - range->minimum + 1;
    const gint value = dice % 4 == 0 ? range->minimum : dice % 4 == 1 ? range->maximum : gint(range->minimum + dice % width);
    g_object_set(object, spec->name, value, nullptr);
  } else if (G_IS_PARAM_SPEC_UINT(spec)) {
    const GParamSpecUInt* range = G_PARAM_SPEC_UINT(spec);
    const guint64 width = guint64(range->maximum) - range->minimum + 1;
    const guint value = dice % 4 == 0 ? range->minimum : dice % 4 == 1 ? range->maximum : guint(range->minimum + dice % width);
    g_object_set(object, spec->name, value, nullptr);
  } else if (G_IS_PARAM_SPEC_BOOLEAN(spec)) {
    g_object_set(object, spec->name, gboolean(dice & 1), nullptr);
  }
}

TEST(Properties, any_combination_encodes_or_says_what_is_wrong) {
  const char* seed = getenv("TESSERA_FUZZ_SEED");
  const char* runs = getenv("TESSERA_FUZZ_RUNS");
  const guint32 first = seed ? guint32(atoi(seed)) : 1, count = runs ? guint32(atoi(runs)) : 60;
  for (guint32 run = first; run < first + count; run++) {
    GRand* random = g_rand_new_with_seed(run);
    Harness harness("");
    guint number = 0;
    GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(harness.element()), &number);
    const auto set_some = [&](guint one_in, GParamFlags needed) {
      for (guint i = 0; i < number; i++) {
        const bool own = std::string(g_type_name(specs[i]->owner_type)).rfind("Tessera", 0) == 0;
        const std::string name = specs[i]->name;
        // Two passes need two runs; threads in their thousands need their time.
        if (!own || (specs[i]->flags & needed) != needed || name == "enc-pass" || name == "threads") continue;
        if (g_rand_int(random) % one_in == 0) set_at_random(G_OBJECT(harness.element()), specs[i], random);
      }
    };
    set_some(2, G_PARAM_WRITABLE);
    harness.set_caps(raw_caps(run % 2 ? "I420" : "P010_10LE", 48, 32));
    guint pushed = 0;
    GstFlowReturn flow = GST_FLOW_OK;
    for (int i = 0; i < 12 && flow == GST_FLOW_OK; i++) {
      if (i == 6) set_some(3, static_cast<GParamFlags>(G_PARAM_WRITABLE | GST_PARAM_MUTABLE_PLAYING));
      flow = harness.push(i);
      pushed += flow == GST_FLOW_OK;
    }
    gst_harness_push_event(harness.get(), gst_event_new_eos());
    const size_t buffers = harness.pull().size();
    GstStructure* stats = nullptr;
    guint64 dropped = 0;
    g_object_get(harness.element(), "stats", &stats, nullptr);
    gst_structure_get(stats, "dropped-frames", G_TYPE_UINT64, &dropped, nullptr);
    gst_structure_free(stats);
    EXPECT_EQ(flow != GST_FLOW_OK, !harness.messages(GST_MESSAGE_ERROR).empty()) << "TESSERA_FUZZ_SEED=" << run;
    EXPECT_EQ(buffers + dropped, pushed) << "TESSERA_FUZZ_SEED=" << run;
    g_free(specs);
    g_rand_free(random);
  }
}

TEST(Properties, threads_do_not_change_the_stream) {
  const auto stream_of = [](const char* properties) {
    Harness harness(properties);
    harness.set_caps(raw_caps("I420", 320, 200));
    harness.push_frames(0, 6);
    harness.end_of_stream();
    std::vector<Bytes> all;
    for (const BufferPtr& buffer : harness.pull()) all.push_back(bytes_of(buffer.get()));
    return all;
  };
  EXPECT_EQ(stream_of("cpu-used=8 threads=1"), stream_of("cpu-used=8 threads=3"));
}

}  // namespace
}  // namespace tessera::test
