#pragma once

// Clang thread-safety attributes; empty under GCC.
#if defined(__clang__)
#define ECSD_TSA(x) __attribute__((x))
#else
#define ECSD_TSA(x)
#endif

#define ECSD_CAPABILITY(x) ECSD_TSA(capability(x))
#define ECSD_SCOPED_CAPABILITY ECSD_TSA(scoped_lockable)
#define ECSD_GUARDED_BY(x) ECSD_TSA(guarded_by(x))
#define ECSD_REQUIRES(...) ECSD_TSA(requires_capability(__VA_ARGS__))
#define ECSD_ACQUIRE(...) ECSD_TSA(acquire_capability(__VA_ARGS__))
#define ECSD_RELEASE(...) ECSD_TSA(release_capability(__VA_ARGS__))
#define ECSD_EXCLUDES(...) ECSD_TSA(locks_excluded(__VA_ARGS__))
#define ECSD_NO_THREAD_SAFETY_ANALYSIS ECSD_TSA(no_thread_safety_analysis)
