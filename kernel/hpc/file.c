// SPDX-License-Identifier: GPL-2.0
/*
 * The pseudo file system behind the file mappings of guests. An inode stands for
 * one version (device, inode, mtime, size) of one file of one boot of one home;
 * its page cache is filled by asking home over the link of whichever guest
 * touches a page first. Nobody but a mapping of a guest ever sees such a file.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pseudo_fs.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "file.h"
#include "link.h"
#include "mm.h"
#include "stat.h"

#define HPC_FS_MAGIC	0x54455353	/* "TESS" */
#define READAHEAD_PAGES	16

static struct vfsmount *hpc_mnt;

struct file_key {
	int home;
	u64 boot;
	struct hpc_wire_file file;
};

/* Read @count pages from @index on over @hm's link; an hpc_msg or ERR_PTR. */
static struct hpc_msg *ask_home(struct hpc_mm *hm, const struct file_key *key, pgoff_t index,
				unsigned int count)
{
	struct hpc_wire_file_req req = {
		.file = key->file,
		.index = cpu_to_le64(index),
		.count = cpu_to_le32(count),
	};
	struct kvec part = { &req, sizeof(req) };
	struct hpc_wire_file_ok *ok;
	struct hpc_msg *msg;
	int err;

	msg = hpc_link_ask(hm->link, HPC_FILE, 0, &part, 1, TASK_KILLABLE);
	if (IS_ERR(msg))
		return msg;
	ok = (void *)msg->data;
	err = le32_to_cpu(ok->error);
	if (msg->type == HPC_FILE_OK && !err && msg->len <= sizeof(*ok) + count * PAGE_SIZE)
		return msg;
	hpc_msg_free(msg);
	return ERR_PTR(err > 0 && err <= MAX_ERRNO ? -err : -EIO);
}

/* The half of current, when it is a guest of the file's home. */
static struct hpc_mm *link_for(const struct file_key *key)
{
	struct hpc_mm *hm = current->mm ? hpc_mm_of(current->mm) : NULL;

	if (hm && hm->peer == key->home && hm->link && hm->link->peer_boot == key->boot)
		return hm;
	hpc_mm_put(hm);
	return NULL;
}

static void fill_folio(struct folio *folio, const u8 *data, size_t len)
{
	size_t n = min_t(size_t, len, PAGE_SIZE);

	memcpy_to_folio(folio, 0, data, n);
	folio_zero_segment(folio, n, PAGE_SIZE);
	folio_mark_uptodate(folio);
}

static int hpc_read_folio(struct file *file, struct folio *folio)
{
	const struct file_key *key = folio->mapping->host->i_private;
	struct hpc_mm *hm = link_for(key);
	struct hpc_msg *msg;
	int err = 0;

	msg = hm ? ask_home(hm, key, folio->index, 1) : ERR_PTR(-EIO);
	if (IS_ERR(msg))
		err = PTR_ERR(msg);
	else
		fill_folio(folio, msg->data + sizeof(struct hpc_wire_file_ok),
			   msg->len - sizeof(struct hpc_wire_file_ok));
	folio_unlock(folio);
	hpc_msg_free(msg);
	hpc_mm_put(hm);
	return err;
}

static void hpc_readahead(struct readahead_control *rac)
{
	const struct file_key *key = rac->mapping->host->i_private;
	unsigned int count = min_t(unsigned int, readahead_count(rac), HPC_PAGES_MAX);
	struct hpc_mm *hm = link_for(key);
	struct hpc_msg *msg;
	struct folio *folio;
	size_t at = 0, len = 0;

	msg = hm ? ask_home(hm, key, readahead_index(rac), count) : ERR_PTR(-EIO);
	if (!IS_ERR(msg))
		len = msg->len - sizeof(struct hpc_wire_file_ok);
	while (count-- && (folio = readahead_folio(rac))) {
		if (at < len)
			fill_folio(folio, msg->data + sizeof(struct hpc_wire_file_ok) + at,
				   len - at);
		at += PAGE_SIZE;
		folio_unlock(folio);
	}
	hpc_msg_free(msg);
	hpc_mm_put(hm);
}

static const struct address_space_operations hpc_aops = {
	.read_folio = hpc_read_folio,
	.readahead = hpc_readahead,
};

static const struct vm_operations_struct hpc_vm_ops = {
	.fault = filemap_fault,
	.map_pages = filemap_map_pages,
};

static int hpc_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &hpc_vm_ops;
	return 0;
}

static int hpc_file_release(struct inode *inode, struct file *file)
{
	hpc_stat_dec(HPC_LIVE_FILES);
	return 0;
}

static const struct file_operations hpc_fops = {
	.owner = THIS_MODULE,
	.mmap = hpc_file_mmap,
	.release = hpc_file_release,
	.llseek = noop_llseek,
};

static unsigned long key_hash(const struct file_key *key)
{
	return hash_64(le64_to_cpu(key->file.ino) ^ (le64_to_cpu(key->file.dev) << 32) ^
		       ((u64)key->home << 48), 32);
}

static int inode_test(struct inode *inode, void *data)
{
	return !memcmp(inode->i_private, data, sizeof(struct file_key));
}

static int inode_set(struct inode *inode, void *data)
{
	inode->i_private = kmemdup(data, sizeof(struct file_key), GFP_ATOMIC);
	return inode->i_private ? 0 : -ENOMEM;
}

static struct inode *get_inode(struct file_key *key)
{
	struct inode *inode = iget5_locked(hpc_mnt->mnt_sb, key_hash(key), inode_test, inode_set,
					   key);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!(inode->i_state & I_NEW))
		return inode;
	inode->i_ino = get_next_ino();
	inode->i_mode = S_IFREG | 0555;
	inode->i_size = le64_to_cpu(key->file.size);
	inode->i_fop = &hpc_fops;
	inode->i_mapping->a_ops = &hpc_aops;
	mapping_set_gfp_mask(inode->i_mapping, GFP_HIGHUSER_MOVABLE);
	unlock_new_inode(inode);
	return inode;
}

struct file *hpc_file_open(const struct hpc_wire_file *w, int home, u64 boot)
{
	struct file_key key;
	struct inode *inode;
	struct file *file;

	if (le64_to_cpu(w->size) > MAX_LFS_FILESIZE)
		return ERR_PTR(-EBADMSG);
	memset(&key, 0, sizeof(key));
	key.home = home;
	key.boot = boot;
	key.file = *w;
	inode = get_inode(&key);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	file = alloc_file_pseudo(inode, hpc_mnt, "hpc", O_RDONLY, &hpc_fops);
	if (IS_ERR(file)) {
		iput(inode);
		return file;
	}
	file->f_ra.ra_pages = READAHEAD_PAGES;
	file->f_mode |= FMODE_CAN_READ;
	hpc_stat_inc(HPC_LIVE_FILES);
	return file;
}

/* A file that the process has mapped and that is the one which is asked for. */
static struct file *find_mapped(struct mm_struct *mm, const struct hpc_wire_file *w)
{
	VMA_ITERATOR(vmi, mm, 0);
	struct vm_area_struct *vma;
	struct file *file = NULL;

	mmap_read_lock(mm);
	for_each_vma(vmi, vma) {
		struct inode *inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;

		if (inode && inode->i_ino == le64_to_cpu(w->ino) &&
		    inode->i_sb->s_dev == le64_to_cpu(w->dev)) {
			file = get_file(vma->vm_file);
			break;
		}
	}
	mmap_read_unlock(mm);
	return file;
}

/* The bytes of the pages, short at the end of the file. */
static ssize_t read_pages(struct file *file, loff_t pos, u8 *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = kernel_read(file, buf + done, len - done, &pos);

		if (n < 0)
			return n;
		if (!n)
			break;
		done += n;
	}
	return done;
}

int hpc_file_serve(struct hpc_mm *hm, const struct hpc_msg *msg)
{
	const struct hpc_wire_file_req *req = (void *)msg->data;
	unsigned int count = le32_to_cpu(req->count);
	u64 index = le64_to_cpu(req->index);
	struct hpc_wire_file_ok ok = { };
	struct kvec parts[2] = { { &ok, sizeof(ok) } };
	struct file *file;
	ssize_t n = -ENOENT;
	u8 *buf;
	int err;

	if (!count || count > HPC_PAGES_MAX || index > MAX_LFS_FILESIZE >> PAGE_SHIFT)
		return -EBADMSG;
	buf = kvmalloc(count * PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	file = find_mapped(hm->mm, &req->file);
	if (file) {
		n = read_pages(file, index << PAGE_SHIFT, buf, count * PAGE_SIZE);
		fput(file);
	}
	if (n < 0)
		ok.error = cpu_to_le32(-n);
	parts[1].iov_base = buf;
	parts[1].iov_len = max_t(ssize_t, n, 0);
	err = hpc_link_send(hm->link, HPC_FILE_OK, msg->id, 0, parts, 2);
	kvfree(buf);
	return err;
}

static void hpc_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	kfree(inode->i_private);
}

static const struct super_operations hpc_super_ops = {
	.statfs = simple_statfs,
	.evict_inode = hpc_evict_inode,
};

static int hpc_init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, HPC_FS_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->ops = &hpc_super_ops;
	return 0;
}

static struct file_system_type hpc_fs_type = {
	.name = "hpc",
	.init_fs_context = hpc_init_fs_context,
	.kill_sb = kill_anon_super,
};

int hpc_file_setup(void)
{
	hpc_mnt = kern_mount(&hpc_fs_type);
	return PTR_ERR_OR_ZERO(hpc_mnt);
}
